package dev.recycler.worker;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.temporal.envconfig.ClientConfigTLS;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** TLS towards a Temporal server, by Temporal's own settings. */
final class TlsSettings {
  private TlsSettings() {}

  /**
   * The context for all connections of one client.
   *
   * @param tls the settings, or null for TLS with every default
   * @throws IOException with one sentence where a certificate or key cannot be used
   */
  static SslContext context(ClientConfigTLS tls) throws IOException {
    SslContextBuilder context = GrpcSslContexts.forClient();
    if (tls != null) {
      trust(tls, context);
      PemSource certificate =
          PemSource.of("client certificate", tls.getClientCertPath(), tls.getClientCertData());
      PemSource key = PemSource.of("client key", tls.getClientKeyPath(), tls.getClientKeyData());
      if ((certificate == null) != (key == null)) {
        throw new IOException(
            "Temporal's settings give a %s without a %s; mTLS needs both"
                .formatted(
                    certificate == null ? "client key" : "client certificate",
                    certificate == null ? "client certificate" : "client key"));
      }
      if (certificate != null) {
        context.keyManager(ClientIdentity.of(certificate, key));
      }
    }
    return context.build();
  }

  private static void trust(ClientConfigTLS tls, SslContextBuilder context) throws IOException {
    PemSource authority =
        PemSource.of("server CA certificate", tls.getServerCACertPath(), tls.getServerCACertData());
    if (authority != null) {
      context.trustManager(authority.certificates());
    } else if (Boolean.TRUE.equals(tls.isDisableHostVerification())) {
      context.trustManager(InsecureTrustManagerFactory.INSTANCE);
    }
  }

  /**
   * A PEM that the settings name or hold.
   *
   * @param what what it is, for messages
   * @param file where it lies, or null where the settings hold it
   * @param data what the settings hold, or null where it lies in a file
   */
  record PemSource(String what, Path file, String data) {
    static PemSource of(String what, String path, byte[] data) {
      if (path != null && !path.isEmpty()) {
        return new PemSource(what, Path.of(path), null);
      }
      return data == null || data.length == 0
          ? null
          : new PemSource(what, null, new String(data, StandardCharsets.UTF_8));
    }

    byte[] bytes() throws IOException {
      if (file == null) {
        return data.getBytes(StandardCharsets.UTF_8);
      }
      if (!Files.isRegularFile(file)) {
        throw new IOException(
            "the %s %s does not exist; correct its path in Temporal's settings"
                .formatted(what, file));
      }
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new IOException("the %s %s cannot be read by this user".formatted(what, file), e);
      }
    }

    X509Certificate[] certificates() throws IOException {
      X509Certificate[] found;
      try {
        found =
            CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(bytes()))
                .toArray(X509Certificate[]::new);
      } catch (CertificateException e) {
        throw noCertificate(e);
      }
      if (found.length == 0) {
        throw noCertificate(null);
      }
      return found;
    }

    private IOException noCertificate(Exception cause) {
      return new IOException(
          "the %s is not a certificate in PEM (-----BEGIN CERTIFICATE-----)".formatted(this),
          cause);
    }

    @Override
    public String toString() {
      return file == null ? what + " in Temporal's settings" : what + " " + file;
    }
  }
}
