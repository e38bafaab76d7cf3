package dev.recycler.cli.server;

import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.Visibility;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;

/** Connections to a server on this machine that is ours: nobody's settings apply to it. */
public final class OwnServer {
  private static final String NAMESPACE = "default";

  private OwnServer() {}

  /** A client's connection; the variables may have it encrypted. */
  public static TemporalConnection connect(String address, Map<String, String> variables)
      throws IOException {
    return TemporalConnection.openLocal(address, variables);
  }

  /** Whether it serves its namespace by now. */
  public static boolean serves(String address) {
    if (!listens(address)) {
      return false;
    }
    try (TemporalConnection connection = connect(address, Map.of())) {
      return connection
          .stubs()
          .blockingStub()
          .describeNamespace(DescribeNamespaceRequest.newBuilder().setNamespace(NAMESPACE).build())
          .hasNamespaceInfo();
    } catch (IOException | StatusRuntimeException e) {
      return false;
    }
  }

  /** Makes the search attribute by which series are found, where it is not there. */
  public static void makeFindable(String address) throws IOException {
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder()
                .setTarget(address)
                .validateAndBuildWithDefaults());
    try {
      operator
          .blockingStub()
          .addSearchAttributes(
              AddSearchAttributesRequest.newBuilder()
                  .setNamespace(NAMESPACE)
                  .putSearchAttributes(
                      Visibility.STATE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                  .build());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
        throw new IOException("it takes no search attribute: " + e.getMessage(), e);
      }
    } finally {
      operator.shutdownNow();
    }
  }

  /** Whether anybody takes connections there; answers at once on this machine. */
  public static boolean listens(String address) {
    int colon = address.lastIndexOf(':');
    try (Socket socket = new Socket()) {
      int port = Integer.parseInt(address.substring(colon + 1));
      socket.connect(new InetSocketAddress(address.substring(0, colon), port), 2000);
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }
}
