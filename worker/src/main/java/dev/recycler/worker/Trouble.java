package dev.recycler.worker;

import dev.recycler.worker.TemporalConnection.NotReachable;
import dev.recycler.worker.TemporalConnection.Refused;
import io.grpc.StatusRuntimeException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/**
 * Says in one sentence why a server cannot be talked to.
 *
 * @param target {@code host:port}
 * @param secured whether this side speaks TLS
 * @param keyed whether this side shows an API key
 */
record Trouble(String target, boolean secured, boolean keyed) {

  private static final String NOBODY =
      "the Temporal server at %s does not let this client in: a certificate or an API key with rights"
          + " on the namespace is needed";

  /** The sentence where waiting does not help; null where the server may only be slow to come. */
  Refused lasting(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case UNAUTHENTICATED -> refused(unauthenticated(), e);
      // Temporal's own authorizer lets anybody ask this: what it denies is a key that it cannot
      // read.
      case PERMISSION_DENIED -> refused(keyed ? unauthenticated() : NOBODY, e);
      case UNAVAILABLE, UNKNOWN, INTERNAL -> connection(e);
      default -> null;
    };
  }

  /**
   * The server knows who asks, or does not care, and does not let them into the namespace.
   *
   * @param namespace the one that was asked for
   */
  Refused denied(String namespace, StatusRuntimeException e) {
    return keyed
        ? new Refused(
            ("the Temporal server at %s accepts the API key, and its owner may not use namespace %s;"
                    + " ask for a role on it, or name another by --namespace or TEMPORAL_NAMESPACE")
                .formatted(target, namespace),
            e)
        : refused(NOBODY, e);
  }

  NotReachable notReachable(StatusRuntimeException e) {
    return new NotReachable(target, e);
  }

  private String unauthenticated() {
    return keyed
        ? "the Temporal server at %s refuses the API key (TEMPORAL_API_KEY, api_key in"
            + " temporal.toml): it is wrong, has expired, or is another server's"
        : "the Temporal server at %s wants to know who asks: set TEMPORAL_API_KEY, or a client"
            + " certificate and its key (TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH)";
  }

  private Refused connection(StatusRuntimeException e) {
    if (secured) {
      return tls(e);
    }
    if (has(e, UnknownHostException.class)) {
      return null;
    }
    String words = words(e);
    if (words.contains("network closed for unknown reason")
        || words.contains("first received frame was not settings")) {
      return refused(
          "what listens at %s does not speak Temporal's protocol in the clear; where it wants TLS, set"
              + " TEMPORAL_TLS=true or write [profile.NAME.tls] into temporal.toml",
          e);
    }
    return null;
  }

  private Refused tls(StatusRuntimeException e) {
    String words = words(e);
    if (words.contains("not an ssl/tls record") || words.contains("wrong_version_number")) {
      return refused(
          "the server at %s answers without TLS, and the settings ask for it; correct the address, or"
              + " set TEMPORAL_TLS=false",
          e);
    }
    if (words.contains("no name matching")
        || words.contains("no subject alternative")
        || words.contains("subject alternative names matching")) {
      return refused(
          "the certificate of the server at %s is for another name; connect by a name that it holds,"
              + " or give that name as TEMPORAL_TLS_SERVER_NAME",
          e);
    }
    if (words.contains("certificate expired") || words.contains("certificateexpired")) {
      return refused("the certificate of the server at %s has expired; have it renewed", e);
    }
    if (has(e, CertPathBuilderException.class)
        || words.contains("path building failed")
        || words.contains("unable to find valid certification path")
        || words.contains("path does not chain")
        || has(e, CertificateException.class)) {
      return refused(
          "the certificate of the server at %s is signed by nobody whom this machine trusts; give its"
              + " CA as TEMPORAL_TLS_SERVER_CA_CERT_PATH",
          e);
    }
    if (has(e, SSLException.class)
        || words.contains("network closed for unknown reason")
        || words.contains("ssl")) {
      return refused(
          "the server at %s ends the TLS handshake: it wants a client certificate that it knows; set"
              + " TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH to one that its CA"
              + " has signed",
          e);
    }
    return null;
  }

  private Refused refused(String sentence, StatusRuntimeException cause) {
    return new Refused(sentence.formatted(target), cause);
  }

  private static String words(Throwable e) {
    StringBuilder words = new StringBuilder();
    for (Throwable t = e; t != null; t = t.getCause()) {
      words.append(t.getClass().getSimpleName()).append(' ').append(t.getMessage()).append(' ');
    }
    return words.toString().toLowerCase(Locale.ROOT);
  }

  private static boolean has(Throwable e, Class<? extends Throwable> kind) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (kind.isInstance(t)) {
        return true;
      }
    }
    return false;
  }
}
