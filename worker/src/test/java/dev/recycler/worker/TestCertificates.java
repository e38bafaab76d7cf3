package dev.recycler.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates and keys in PEM, made by the JDK's keytool: {@code NAME.pem} and {@code NAME.key} in
 * a folder.
 */
public final class TestCertificates {
  private static final String PASSWORD = "password";

  private final Path folder;
  private final Path store;

  private TestCertificates(Path folder) {
    this.folder = folder;
    this.store = folder.resolve("all.p12");
  }

  /**
   * A CA {@code ca}, {@code server} and {@code client} signed by it, and {@code stranger} alone.
   */
  public static TestCertificates in(Path folder) throws Exception {
    TestCertificates made = new TestCertificates(folder);
    made.authority("ca");
    made.signed("server", "ca", "365");
    made.signed("client", "ca", "365");
    made.authority("stranger");
    return made;
  }

  public Path certificate(String name) {
    return folder.resolve(name + ".pem");
  }

  public Path key(String name) {
    return folder.resolve(name + ".key");
  }

  private void authority(String name) throws Exception {
    keytool(name, List.of("-ext", "bc:c"));
    export(name);
  }

  /** Another one, signed by an authority that there is, for so many days from a month ago on. */
  void signed(String name, String authority, String days) throws Exception {
    keytool(
        name,
        List.of(
            "-signer", authority,
            "-signerkeypass", PASSWORD,
            "-startdate", "-30d",
            "-validity", days,
            "-ext", "san=dns:localhost,ip:127.0.0.1"));
    export(name);
  }

  /** Puts one pair of files where the other is, as a renewal does. */
  void replace(String name, String by) throws IOException {
    for (List<Path> pair :
        List.of(List.of(certificate(by), certificate(name)), List.of(key(by), key(name)))) {
      Files.copy(pair.get(0), pair.get(1), StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(pair.get(1), FileTime.from(Instant.now().plusSeconds(5)));
    }
  }

  private void keytool(String name, List<String> more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
    command.addAll(more);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError("keytool: " + said);
    }
  }

  private void export(String name) throws IOException, GeneralSecurityException {
    KeyStore all = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      all.load(in, PASSWORD.toCharArray());
    }
    StringBuilder chain = new StringBuilder();
    for (Certificate each : all.getCertificateChain(name)) {
      chain.append(pem("CERTIFICATE", each.getEncoded()));
    }
    Files.writeString(certificate(name), chain);
    Files.writeString(
        key(name), pem("PRIVATE KEY", all.getKey(name, PASSWORD.toCharArray()).getEncoded()));
  }

  private static String pem(String kind, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }
}
