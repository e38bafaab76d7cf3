package dev.recycler.worker;

import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.StreamObserver;
import io.temporal.api.namespace.v1.NamespaceInfo;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceResponse;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceImplBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;

/** As much of a Temporal frontend as connecting needs, behind TLS, client certificates and keys. */
final class SecuredServer implements AutoCloseable {
  /** Refused handshakes are what the tests are about; their stack traces are not wanted. */
  private static final Logger NOISE =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerTransport");

  static {
    NOISE.setLevel(Level.OFF);
  }

  private final Server server;

  private SecuredServer(NettyServerBuilder builder, ServerInterceptor check) throws IOException {
    server = builder.intercept(check).addService(new Frontend()).build().start();
  }

  /**
   * Answers as Temporal's default authorizer with its claim mapper: who has no key may ask what the
   * server is, who has one without a role on the namespace too, and a key that cannot be read is
   * denied whatever it asks.
   *
   * @param key that of somebody with a role on the namespaces whose names begin with {@code models}
   */
  static SecuredServer authorizing(TestCertificates certificates, String key) throws IOException {
    return new SecuredServer(
        builder().sslContext(tls(certificates, "server").build()), new DefaultAuthorizer(key));
  }

  static SecuredServer plain(String apiKey) throws IOException {
    return new SecuredServer(builder(), new KeyCheck(apiKey));
  }

  static SecuredServer tls(TestCertificates certificates, String name, String apiKey)
      throws IOException {
    return new SecuredServer(
        builder().sslContext(tls(certificates, name).build()), new KeyCheck(apiKey));
  }

  /** Wants certificates that the CA has signed. */
  static SecuredServer mutual(TestCertificates certificates) throws IOException {
    return new SecuredServer(
        builder()
            .sslContext(
                tls(certificates, "server")
                    .trustManager(certificates.certificate("ca").toFile())
                    .clientAuth(ClientAuth.REQUIRE)
                    .build()),
        new KeyCheck(null));
  }

  private static NettyServerBuilder builder() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static SslContextBuilder tls(TestCertificates certificates, String name)
      throws SSLException {
    return GrpcSslContexts.forServer(
        certificates.certificate(name).toFile(), certificates.key(name).toFile());
  }

  String address() {
    return "localhost:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private record KeyCheck(String apiKey) implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (apiKey != null && !("Bearer " + apiKey).equals(headers.get(AUTHORIZATION))) {
        call.close(Status.UNAUTHENTICATED.withDescription("Request unauthorized."), new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  private record DefaultAuthorizer(String key) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String shown = headers.get(KeyCheck.AUTHORIZATION);
      if (shown != null && !shown.equals("Bearer " + key)) {
        return denied(call);
      }
      ServerCall.Listener<Q> listener = next.startCall(call, headers);
      if (call.getMethodDescriptor().getFullMethodName().endsWith("/GetSystemInfo")) {
        return listener;
      }
      return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(listener) {
        private boolean refused;

        @Override
        public void onMessage(Q message) {
          String namespace =
              message instanceof DescribeNamespaceRequest described
                  ? described.getNamespace()
                  : ((ListWorkflowExecutionsRequest) message).getNamespace();
          if (shown != null && namespace.startsWith("models")) {
            super.onMessage(message);
          } else {
            refused = true;
            denied(call);
          }
        }

        @Override
        public void onHalfClose() {
          if (!refused) {
            super.onHalfClose();
          }
        }
      };
    }

    private static <Q> ServerCall.Listener<Q> denied(ServerCall<Q, ?> call) {
      call.close(Status.PERMISSION_DENIED.withDescription("Request unauthorized."), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class Frontend extends WorkflowServiceImplBase {
    @Override
    public void getSystemInfo(
        GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
      answer.onNext(GetSystemInfoResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void listWorkflowExecutions(
        ListWorkflowExecutionsRequest request,
        StreamObserver<ListWorkflowExecutionsResponse> answer) {
      answer.onNext(ListWorkflowExecutionsResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void describeNamespace(
        DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> answer) {
      if (request.getNamespace().equals("missing")) {
        answer.onError(Status.NOT_FOUND.asRuntimeException());
        return;
      }
      answer.onNext(
          DescribeNamespaceResponse.newBuilder()
              .setNamespaceInfo(NamespaceInfo.newBuilder().setName(request.getNamespace()))
              .build());
      answer.onCompleted();
    }
  }
}
