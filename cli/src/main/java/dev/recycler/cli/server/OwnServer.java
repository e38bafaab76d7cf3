package dev.recycler.cli.server;

import dev.recycler.worker.TemporalConnection;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;

/** Connections to a server on this machine that is ours: nobody's settings apply to it. */
final class OwnServer {
  /** Settings for other servers, with certificates and keys, must not be used for this one. */
  private static final Map<String, String> NO_SETTINGS =
      Map.of("TEMPORAL_CONFIG_FILE", "/dev/null");

  static final String NAMESPACE = "default";

  private OwnServer() {}

  static TemporalConnection connect(String address) throws IOException {
    return TemporalConnection.open(address, NAMESPACE, NO_SETTINGS);
  }

  /** Whether it serves its namespace by now. */
  static boolean serves(String address) {
    if (!listens(address)) {
      return false;
    }
    try (TemporalConnection connection = connect(address)) {
      return connection
          .stubs()
          .blockingStub()
          .describeNamespace(DescribeNamespaceRequest.newBuilder().setNamespace(NAMESPACE).build())
          .hasNamespaceInfo();
    } catch (IOException | StatusRuntimeException e) {
      return false;
    }
  }

  /** Whether anybody takes connections there; answers at once on this machine. */
  static boolean listens(String address) {
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
