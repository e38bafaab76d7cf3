package dev.recycler.worker;

import dev.recycler.workflows.payload.SeriesPayloads;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A connection to Temporal, by the standard {@code temporal.toml} profiles and {@code TEMPORAL_*}
 * variables, of which an address and a namespace given here take the place.
 */
public final class TemporalConnection implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;
  private final String address;

  private TemporalConnection(WorkflowServiceStubs stubs, WorkflowClient client, String address) {
    this.stubs = stubs;
    this.client = client;
    this.address = address;
  }

  /**
   * Connects, and waits until the server answers.
   *
   * @param address {@code host:port}, or null for what the environment says
   * @param namespace or null for what the environment says
   * @param environment the process's environment
   * @throws NotReachable where no server answers there
   * @throws IOException where the configuration file cannot be read
   */
  public static TemporalConnection open(
      String address, String namespace, Map<String, String> environment) throws IOException {
    ClientConfigProfile.Builder profile =
        ClientConfigProfile.load(
            LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(environment).build())
            .toBuilder();
    if (address != null) {
      profile.setAddress(address);
    }
    if (namespace != null) {
      profile.setNamespace(namespace);
    }
    return open(profile.build());
  }

  /**
   * Connects to a server of one's own on this machine: no settings, certificates or keys for other
   * servers apply to it.
   *
   * @param address {@code host:port}
   * @throws NotReachable where no server answers there
   */
  public static TemporalConnection openLocal(String address) throws NotReachable {
    return open(
        ClientConfigProfile.newBuilder().setAddress(address).setNamespace("default").build());
  }

  private static TemporalConnection open(ClientConfigProfile chosen) throws NotReachable {
    WorkflowServiceStubsOptions options = chosen.toWorkflowServiceStubsOptions();
    String target = options.getTarget();
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(options);
    try {
      stubs.connect(PATIENCE);
      WorkflowClientOptions clientOptions =
          WorkflowClientOptions.newBuilder(chosen.toWorkflowClientOptions())
              .setDataConverter(SeriesPayloads.converter())
              .build();
      return new TemporalConnection(
          stubs, WorkflowClient.newInstance(stubs, clientOptions), target);
    } catch (StatusRuntimeException | IllegalStateException e) {
      stubs.shutdownNow();
      throw new NotReachable(target, e);
    }
  }

  public WorkflowClient client() {
    return client;
  }

  public WorkflowServiceStubs stubs() {
    return stubs;
  }

  /** {@code host:port} that was connected to. */
  public String address() {
    return address;
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    stubs.awaitTermination(2, TimeUnit.SECONDS);
  }

  /** No Temporal server answers. */
  public static final class NotReachable extends IOException {
    private final String address;

    NotReachable(String address, Throwable cause) {
      super("no Temporal server answers at " + address, cause);
      this.address = address;
    }

    public String address() {
      return address;
    }
  }
}
