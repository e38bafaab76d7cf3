package dev.recycler.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which servers let this client in, and what is said where one does not. */
class TemporalConnectionTest {
  private static final String KEY = "a-key-that-nobody-must-see";

  @TempDir private static Path folder;
  private static TestCertificates certificates;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = TestCertificates.in(folder);
    certificates.signed("expired", "ca", "7");
  }

  @Test
  void tlsByEnvironmentVariablesAndByProfile() throws Exception {
    try (SecuredServer server = SecuredServer.tls(certificates, "server", null)) {
      connects(trusting(server));
      Path file =
          Files.writeString(
              folder.resolve("temporal.toml"),
              """
              [profile.prod]
              address = "%s"
              namespace = "models"
              [profile.prod.tls]
              server_ca_cert_path = "%s"
              """
                  .formatted(server.address(), certificates.certificate("ca")));
      Map<String, String> profile =
          Map.of("TEMPORAL_CONFIG_FILE", file.toString(), "TEMPORAL_PROFILE", "prod");
      try (TemporalConnection connection = TemporalConnection.open(null, null, profile)) {
        assertThat(connection.client().getOptions().getNamespace()).isEqualTo("models");
      }
    }
  }

  /** A JVM that exits waits for such threads; others of this process may have some of their own. */
  @Test
  void theThreadOfAConnectionEndsWithIt() throws Exception {
    try (SecuredServer server = SecuredServer.plain(null)) {
      Set<Thread> before = connectionThreads();
      try (TemporalConnection connection = TemporalConnection.open(null, null, address(server))) {
        assertThat(connection.address()).isEqualTo(server.address());
        assertThat(connectionThreads()).hasSize(before.size() + 1);
      }
      assertThat(connectionThreads()).isEqualTo(before);
    }
  }

  private static Set<Thread> connectionThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("temporal-connection"))
        .collect(Collectors.toSet());
  }

  @Test
  void aServerThatNobodyHereTrustsIsNamedWithTheRemedy() throws Exception {
    try (SecuredServer server = SecuredServer.tls(certificates, "server", null)) {
      refused(with(address(server), "TEMPORAL_TLS", "true"))
          .contains(server.address(), "signed by nobody", "TEMPORAL_TLS_SERVER_CA_CERT_PATH");
    }
  }

  @Test
  void aServerOfAnotherNameIsRefusedUnlessThatNameIsGiven() throws Exception {
    try (SecuredServer server = SecuredServer.tls(certificates, "server", null)) {
      Map<String, String> other = with(trusting(server), "TEMPORAL_TLS_SERVER_NAME", "example.org");
      refused(other).contains("is for another name", "TEMPORAL_TLS_SERVER_NAME");
      connects(with(other, "TEMPORAL_TLS_SERVER_NAME", "localhost"));
    }
  }

  @Test
  void clearAndEncryptedDoNotMix() throws Exception {
    try (SecuredServer secured = SecuredServer.tls(certificates, "server", null);
        SecuredServer plain = SecuredServer.plain(null)) {
      refused(address(secured)).contains(secured.address(), "TEMPORAL_TLS=true");
      refused(trusting(plain)).contains(plain.address(), "without TLS", "TEMPORAL_TLS=false");
      connects(with(trusting(plain), "TEMPORAL_TLS", "false"));
    }
  }

  @Test
  void mutualTlsTakesTheRightCertificateAndNoOther() throws Exception {
    try (SecuredServer server = SecuredServer.mutual(certificates)) {
      connects(identified(server, "client", "client"));
      String remedy = "TEMPORAL_TLS_CLIENT_CERT_PATH";
      refused(trusting(server)).contains(server.address(), "wants a client certificate", remedy);
      refused(identified(server, "stranger", "stranger")).contains(server.address(), remedy);
      refused(identified(server, "client", "server"))
          .contains("client key", "server.key", "does not belong to", "client.pem");
      refused(identified(server, "expired", "expired")).contains("expired.pem", "expired on");
      refused(identified(server, "missing", "client")).contains("missing.pem", "does not exist");
    }
  }

  @Test
  void aKeyThatIsNoKeyIsNamedWithTheCommandThatMakesOne() throws Exception {
    Files.writeString(certificates.key("nonsense"), "-----BEGIN RSA PRIVATE KEY-----\nabc\n");
    try (SecuredServer server = SecuredServer.mutual(certificates)) {
      refused(identified(server, "client", "nonsense"))
          .contains("nonsense.key", "PKCS#8", "openssl pkcs8 -topk8");
      Map<String, String> half = new HashMap<>(identified(server, "client", "client"));
      half.remove("TEMPORAL_TLS_CLIENT_KEY_PATH");
      refused(half).contains("a client certificate without a client key");
    }
  }

  @Test
  void aRenewedCertificateIsTakenUpByTheNextConnectionOfTheSameClient() throws Exception {
    certificates.signed("renewed", "ca", "365");
    certificates.signed("mine", "stranger", "365");
    try (SecuredServer server = SecuredServer.mutual(certificates)) {
      ClientIdentity identity =
          ClientIdentity.of(
              TlsSettings.PemSource.of(
                  "client certificate", certificates.certificate("mine").toString(), null),
              TlsSettings.PemSource.of("client key", certificates.key("mine").toString(), null));
      String before = identity.getCertificateChain("client")[0].getIssuerX500Principal().getName();
      certificates.replace("mine", "renewed");
      assertThat(identity.chooseEngineClientAlias(null, null, null)).isEqualTo("client");
      assertThat(before).isEqualTo("CN=stranger");
      assertThat(identity.getCertificateChain("client")[0].getIssuerX500Principal().getName())
          .isEqualTo("CN=ca");
      Files.writeString(certificates.key("mine"), "half-written");
      identity.chooseEngineClientAlias(null, null, null);
      assertThat(identity.getCertificateChain("client")[0].getIssuerX500Principal().getName())
          .as("what does not fit together is not taken up")
          .isEqualTo("CN=ca");
      assertThat(server.address()).isNotEmpty();
    }
  }

  @Test
  void anApiKeyOpensAndAWrongOneIsRefusedWithoutBeingShown() throws Exception {
    try (SecuredServer server = SecuredServer.tls(certificates, "server", KEY)) {
      Map<String, String> trusting = trusting(server);
      connects(with(trusting, "TEMPORAL_API_KEY", KEY));
      refused(with(trusting, "TEMPORAL_API_KEY", KEY + "-of-another"))
          .contains(server.address(), "refuses the API key")
          .doesNotContain(KEY);
      refused(trusting).contains("wants to know who asks", "TEMPORAL_API_KEY");
      refused(with(trusting, "TEMPORAL_API_KEY", KEY + "\n"))
          .contains("a line break")
          .doesNotContain(KEY);
    }
  }

  /** A server of one's own says "denied" to a wrong key, and to a right one without a role. */
  @Test
  void whatTemporalsOwnAuthorizerDeniesIsToldApart() throws Exception {
    try (SecuredServer server = SecuredServer.authorizing(certificates, KEY)) {
      Map<String, String> trusting = with(trusting(server), "TEMPORAL_NAMESPACE", "models-1");
      Map<String, String> keyed = with(trusting, "TEMPORAL_API_KEY", KEY);
      connects(keyed);
      refused(with(trusting, "TEMPORAL_API_KEY", KEY + "-of-another"))
          .contains(server.address(), "refuses the API key", "has expired")
          .doesNotContain(KEY);
      refused(with(keyed, "TEMPORAL_NAMESPACE", "others"))
          .contains("accepts the API key", "may not use namespace others", "TEMPORAL_NAMESPACE");
      refused(trusting).contains("does not let this client in", "an API key with rights");
    }
  }

  @Test
  void anApiKeyIsNotSentInTheClearUnlessAskedFor() throws Exception {
    try (SecuredServer server = SecuredServer.plain(KEY)) {
      Map<String, String> keyed = with(address(server), "TEMPORAL_API_KEY", KEY);
      refused(keyed).contains("without TLS");
      connects(with(keyed, "TEMPORAL_TLS", "false"));
    }
  }

  @Test
  void aNamespaceThatIsNotThereIsSaidAtOnce() throws Exception {
    try (SecuredServer server = SecuredServer.plain(null)) {
      refused(with(address(server), "TEMPORAL_NAMESPACE", "missing"))
          .contains("no namespace missing", "temporal operator namespace create missing");
    }
  }

  @Test
  void aProfileThatIsNotThereIsNamed() {
    Path file = folder.resolve("none.toml");
    assertThatThrownBy(
            () -> {
              Files.writeString(file, "[profile.default]\naddress = \"localhost:1\"\n");
              TemporalConnection.open(
                      null,
                      null,
                      Map.of("TEMPORAL_CONFIG_FILE", file.toString(), "TEMPORAL_PROFILE", "prod"))
                  .close();
            })
        .hasMessageContaining("prod");
  }

  private static void connects(Map<String, String> environment) throws IOException {
    TemporalConnection.open(null, null, environment).close();
  }

  private static AbstractStringAssert<?> refused(Map<String, String> environment) {
    ThrowingCallable connecting = () -> connects(environment);
    Throwable refusal = catchThrowable(connecting);
    assertThat(refusal).isInstanceOf(IOException.class);
    assertThat(refusal).isNotInstanceOf(TemporalConnection.NotReachable.class);
    assertThat(refusal.getMessage()).doesNotContain("\n").doesNotContain("Exception");
    return assertThat(refusal.getMessage());
  }

  private static Map<String, String> address(SecuredServer server) {
    return Map.of(
        "TEMPORAL_ADDRESS", server.address(),
        "TEMPORAL_CONFIG_FILE", folder.resolve("there-is-none.toml").toString());
  }

  private static Map<String, String> trusting(SecuredServer server) {
    return with(
        address(server),
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
        certificates.certificate("ca").toString());
  }

  private static Map<String, String> identified(SecuredServer server, String name, String key) {
    return with(
        with(
            trusting(server),
            "TEMPORAL_TLS_CLIENT_CERT_PATH",
            certificates.certificate(name).toString()),
        "TEMPORAL_TLS_CLIENT_KEY_PATH",
        certificates.key(key).toString());
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new HashMap<>(some);
    all.put(name, value);
    return Map.copyOf(all);
  }
}
