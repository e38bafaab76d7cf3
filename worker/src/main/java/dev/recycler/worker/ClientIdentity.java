package dev.recycler.worker;

import dev.recycler.worker.TlsSettings.PemSource;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate by which this process shows who it is. Files that are replaced while it runs are
 * taken up with the next connection; ones that do not fit together leave the former in place.
 */
final class ClientIdentity extends X509ExtendedKeyManager {
  private static final Logger LOG = LoggerFactory.getLogger(ClientIdentity.class);
  private static final String ALIAS = "client";
  private static final Pattern PKCS8 =
      Pattern.compile(
          "-----BEGIN PRIVATE KEY-----\\s*([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  /** What is signed to see whether a key and a certificate belong together, by the key's kind. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA", "Ed25519", "EdDSA");

  private record Loaded(List<X509Certificate> chain, PrivateKey key, List<FileTime> changed) {}

  private final PemSource certificate;
  private final PemSource key;
  private final AtomicReference<Loaded> loaded;

  private ClientIdentity(PemSource certificate, PemSource key, Loaded loaded) {
    this.certificate = certificate;
    this.key = key;
    this.loaded = new AtomicReference<>(loaded);
  }

  /**
   * Reads certificate and key.
   *
   * @throws IOException with one sentence where they cannot be used, or not with one another
   */
  static ClientIdentity of(PemSource certificate, PemSource key) throws IOException {
    return new ClientIdentity(certificate, key, load(certificate, key));
  }

  private static Loaded load(PemSource certificate, PemSource key) throws IOException {
    List<FileTime> changed = changes(certificate, key);
    List<X509Certificate> chain = List.of(certificate.certificates());
    PrivateKey secret = privateKey(key);
    try {
      chain.getFirst().checkValidity();
    } catch (CertificateExpiredException e) {
      throw new IOException(
          "the %s expired on %s; have it renewed"
              .formatted(certificate, chain.getFirst().getNotAfter().toInstant()),
          e);
    } catch (CertificateNotYetValidException e) {
      throw new IOException(
          "the %s is valid from %s on; is this machine's clock right?"
              .formatted(certificate, chain.getFirst().getNotBefore().toInstant()),
          e);
    }
    if (!belongTogether(chain.getFirst(), secret)) {
      throw new IOException(
          "the %s does not belong to the %s; give the two of one pair".formatted(key, certificate));
    }
    return new Loaded(chain, secret, changed);
  }

  private static PrivateKey privateKey(PemSource key) throws IOException {
    Matcher pem = PKCS8.matcher(new String(key.bytes(), StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw notPkcs8(key);
    }
    PKCS8EncodedKeySpec encoded;
    try {
      encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    } catch (IllegalArgumentException e) {
      throw notPkcs8(key);
    }
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (GeneralSecurityException e) {
        LOG.debug("the {} is no key of the kind {}", key, algorithm);
      }
    }
    throw notPkcs8(key);
  }

  private static IOException notPkcs8(PemSource key) {
    return new IOException(
        ("the %s is not a PKCS#8 key in PEM without a password (-----BEGIN PRIVATE KEY-----);"
                + " `openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW` makes one")
            .formatted(key));
  }

  private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
    String algorithm = SIGNATURES.get(key.getAlgorithm());
    if (algorithm == null) {
      return true;
    }
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(new byte[32]);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(new byte[32]);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static List<FileTime> changes(PemSource... sources) throws IOException {
    List<FileTime> changes = new ArrayList<>();
    for (PemSource source : sources) {
      if (source.file() != null && Files.exists(source.file())) {
        changes.add(Files.getLastModifiedTime(source.file()));
      }
    }
    return changes;
  }

  /** What the files hold now, as far as that is whole. */
  private Loaded current() {
    Loaded now = loaded.get();
    try {
      if (!changes(certificate, key).equals(now.changed())) {
        now = load(certificate, key);
        loaded.set(now);
        LOG.info("took up the {}", certificate);
      }
    } catch (IOException e) {
      LOG.warn("the former client certificate stays in use: {}", e.getMessage());
    }
    return now;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    current();
    return ALIAS;
  }

  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    current();
    return ALIAS;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return loaded.get().chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return loaded.get().key();
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return new String[0];
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return null;
  }
}
