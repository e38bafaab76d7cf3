package dev.recycler.worker;

import dev.recycler.worker.encryption.EncryptionCodec;
import dev.recycler.worker.encryption.EncryptionKeys;
import dev.recycler.workflows.payload.SeriesPayloads;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection to Temporal, by the standard {@code temporal.toml} profiles and {@code TEMPORAL_*}
 * variables, of which an address and a namespace given here take the place. Where the environment
 * names encryption keys, everything that a series says to the server is encrypted.
 */
public final class TemporalConnection implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;
  private final String address;
  private final ChannelThread thread;
  private final Trouble trouble;

  private TemporalConnection(
      WorkflowServiceStubs stubs, WorkflowClient client, ChannelThread thread, Trouble trouble) {
    this.stubs = stubs;
    this.client = client;
    this.address = trouble.target();
    this.thread = thread;
    this.trouble = trouble;
  }

  /**
   * Connects, and waits until the server answers.
   *
   * @param address {@code host:port}, or null for what the environment says
   * @param namespace or null for what the environment says
   * @param environment the process's environment
   * @throws NotReachable where no server answers there
   * @throws Refused where one does, and does not let this client in
   * @throws IOException where settings, certificates or keys cannot be used
   */
  public static TemporalConnection open(
      String address, String namespace, Map<String, String> environment) throws IOException {
    return open(address, namespace, environment, ClientMetrics.none());
  }

  /**
   * The same, counted.
   *
   * @param metrics where the client's own figures go
   */
  public static TemporalConnection open(
      String address, String namespace, Map<String, String> environment, ClientMetrics metrics)
      throws IOException {
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
    TemporalConnection connection = connect(profile.build(), environment, metrics);
    try {
      connection.requireNamespace();
      return connection;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Connects to a server of one's own on this machine: no address, certificates or API keys for
   * other servers apply to it; encryption does.
   *
   * @param address {@code host:port}
   * @param environment the process's environment
   * @throws NotReachable where no server answers there
   */
  public static TemporalConnection openLocal(String address, Map<String, String> environment)
      throws IOException {
    return connect(
        ClientConfigProfile.newBuilder().setAddress(address).setNamespace("default").build(),
        environment,
        ClientMetrics.none());
  }

  private static TemporalConnection connect(
      ClientConfigProfile profile, Map<String, String> environment, ClientMetrics metrics)
      throws IOException {
    EncryptionCodec encryption = new EncryptionCodec(EncryptionKeys.of(environment));
    ChannelThread thread = new ChannelThread();
    WorkflowServiceStubs stubs = null;
    try {
      WorkflowServiceStubsOptions options = options(profile, metrics, thread);
      Trouble trouble =
          new Trouble(options.getTarget(), secured(profile), profile.getApiKey() != null);
      stubs = WorkflowServiceStubs.newServiceStubs(options);
      awaitAnswer(stubs, trouble);
      WorkflowClientOptions clientOptions =
          WorkflowClientOptions.newBuilder(profile.toWorkflowClientOptions())
              .setDataConverter(SeriesPayloads.converter(encryption, encryption.encrypts()))
              .build();
      return new TemporalConnection(
          stubs, WorkflowClient.newInstance(stubs, clientOptions), thread, trouble);
    } catch (IOException | RuntimeException e) {
      end(stubs, thread);
      throw e;
    }
  }

  /** The profile's, with TLS of our own: it takes up certificates that are replaced. */
  private static WorkflowServiceStubsOptions options(
      ClientConfigProfile profile, ClientMetrics metrics, ChannelThread thread) throws IOException {
    WorkflowServiceStubsOptions.Builder options =
        WorkflowServiceStubsOptions.newBuilder(
            profile.toBuilder()
                .setTls(null)
                .setApiKey(null)
                .build()
                .toWorkflowServiceStubsOptions());
    metrics.scope().ifPresent(options::setMetricsScope);
    options.setChannelInitializer(thread::carry);
    ClientConfigTLS tls = profile.getTls();
    // The SDK would else turn TLS on for an API key, whatever the settings say.
    options.setEnableHttps(false);
    if (secured(profile)) {
      options.setSslContext(TlsSettings.context(tls));
      if (tls != null && tls.getServerName() != null && !tls.getServerName().isEmpty()) {
        String name = tls.getServerName();
        options.setChannelInitializer(
            channel -> {
              thread.carry(channel);
              channel.overrideAuthority(name);
            });
      }
    }
    String key = profile.getApiKey();
    if (key != null && !key.isEmpty()) {
      if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        throw new IOException(
            "the API key (TEMPORAL_API_KEY, api_key in temporal.toml) has a blank, a line break or"
                + " another character in it that no key has; set it anew");
      }
      options.addApiKey(() -> key);
    }
    return options.build();
  }

  /** An API key is sent to nobody in the clear unless the settings say so. */
  private static boolean secured(ClientConfigProfile profile) {
    ClientConfigTLS tls = profile.getTls();
    return tls == null
        ? profile.getApiKey() != null && !profile.getApiKey().isEmpty()
        : !Boolean.TRUE.equals(tls.isDisabled());
  }

  private static void awaitAnswer(WorkflowServiceStubs stubs, Trouble trouble)
      throws NotReachable, Refused {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long left = deadline - System.nanoTime();
      try {
        stubs
            .blockingStub()
            .withDeadlineAfter(Math.max(1, left), TimeUnit.NANOSECONDS)
            .getSystemInfo(GetSystemInfoRequest.getDefaultInstance());
        return;
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
          return;
        }
        Refused refused = trouble.lasting(e);
        if (refused != null) {
          throw refused;
        }
        if (left <= PAUSE.toNanos() || Thread.currentThread().isInterrupted()) {
          throw trouble.notReachable(e);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /** A namespace that cannot be used would otherwise be told of by the first command's failure. */
  private void requireNamespace() throws Refused {
    String namespace = client.getOptions().getNamespace();
    try {
      stubs
          .blockingStub()
          .describeNamespace(DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        throw new Refused(
            ("there is no namespace %s on the Temporal server at %s; `temporal operator namespace"
                    + " create %s` makes it, --namespace or TEMPORAL_NAMESPACE names another")
                .formatted(namespace, address, namespace),
            e);
      }
      // Who may run workflows need not be allowed to describe the namespace.
      if (e.getStatus().getCode() == Status.Code.PERMISSION_DENIED && mayNotList(namespace)) {
        throw trouble.denied(namespace, e);
      }
    }
  }

  private boolean mayNotList(String namespace) {
    try {
      stubs
          .blockingStub()
          .listWorkflowExecutions(
              ListWorkflowExecutionsRequest.newBuilder()
                  .setNamespace(namespace)
                  .setPageSize(1)
                  .build());
      return false;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.PERMISSION_DENIED;
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
    end(stubs, thread);
  }

  /**
   * Ends a connection.
   *
   * @param stubs null where it never came to them
   */
  private static void end(WorkflowServiceStubs stubs, ChannelThread thread) {
    if (stubs != null) {
      stubs.shutdownNow();
      stubs.awaitTermination(2, TimeUnit.SECONDS);
    }
    thread.close();
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

  /** A server answers, and does not let this client in; the message says why and what to do. */
  public static final class Refused extends IOException {
    Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
