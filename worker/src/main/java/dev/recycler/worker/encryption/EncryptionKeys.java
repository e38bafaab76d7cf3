package dev.recycler.worker.encryption;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that payloads are encrypted with, by id. The first one encrypts, all of them decrypt; a
 * key file that is changed is taken up without a restart.
 *
 * <p>A key is a line {@code ID: BASE64}, of 32 bytes. Blank lines and lines that begin with {@code
 * #} do not count.
 */
public final class EncryptionKeys {
  /** Names the file with the keys. */
  public static final String FILE = "RECYCLER_ENCRYPTION_KEYS_FILE";

  /** Holds the keys themselves, separated by commas or line breaks. */
  public static final String KEYS = "RECYCLER_ENCRYPTION_KEYS";

  private static final Logger LOG = LoggerFactory.getLogger(EncryptionKeys.class);
  private static final int BYTES = 32;
  private static final int LARGEST_FILE = 1 << 16;

  /**
   * One key.
   *
   * @param id names it in what it has encrypted
   */
  record Key(String id, SecretKey secret) {
    @Override
    public String toString() {
      return "key " + id;
    }
  }

  private record Ring(Map<String, Key> keys, Key first, FileTime changed) {}

  private final Path file;
  private final AtomicReference<Ring> ring;

  private EncryptionKeys(Path file, Ring ring) {
    this.file = file;
    this.ring = new AtomicReference<>(ring);
  }

  /**
   * The keys that the environment names; none where it names none.
   *
   * @throws IOException with one sentence where they cannot be read; never with a key in it
   */
  public static EncryptionKeys of(Map<String, String> environment) throws IOException {
    String path = environment.getOrDefault(FILE, "");
    String written = environment.getOrDefault(KEYS, "");
    if (!path.isEmpty() && !written.isEmpty()) {
      throw new IOException("both %s and %s are set; unset one of them".formatted(FILE, KEYS));
    }
    if (!path.isEmpty()) {
      Path file = Path.of(path);
      return new EncryptionKeys(file, read(file));
    }
    return new EncryptionKeys(null, ring(KEYS, Arrays.asList(written.split("[,\n]")), null));
  }

  private static Ring read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("%s names %s, which is not a file".formatted(FILE, file));
    }
    if (Files.size(file) > LARGEST_FILE) {
      throw new IOException("%s names %s, which is too large for keys".formatted(FILE, file));
    }
    FileTime changed = Files.getLastModifiedTime(file);
    Ring ring = ring(file.toString(), Files.readAllLines(file), changed);
    if (ring.first() == null) {
      throw new IOException(
          "%s holds no key; write a line `ID: BASE64` of 32 bytes (`openssl rand -base64 32`)"
              .formatted(file));
    }
    return ring;
  }

  private static Ring ring(String where, List<String> lines, FileTime changed) throws IOException {
    Map<String, Key> keys = new LinkedHashMap<>();
    Key first = null;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Key key = key(line, "%s, key line %d".formatted(where, i + 1));
      if (keys.put(key.id(), key) != null) {
        throw new IOException("%s has two keys with the id %s".formatted(where, key.id()));
      }
      first = first == null ? key : first;
    }
    return new Ring(keys, first, changed);
  }

  private static Key key(String line, String where) throws IOException {
    int colon = line.indexOf(':');
    String id = colon < 0 ? "" : line.substring(0, colon).strip();
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
      throw new IOException(where + " is not `ID: BASE64`, an id of letters, digits, . _ and -");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(line.substring(colon + 1).strip());
    } catch (IllegalArgumentException e) {
      // The decoder's own words hold a part of the key.
      throw new IOException("%s: the key %s is not base64".formatted(where, id));
    }
    if (bytes.length != BYTES) {
      throw new IOException(
          "%s: the key %s has %d bytes, and AES-256 takes %d (`openssl rand -base64 32`)"
              .formatted(where, id, bytes.length, BYTES));
    }
    return new Key(id, new SecretKeySpec(bytes, "AES"));
  }

  /** The key that encrypts. */
  Optional<Key> first() {
    return Optional.ofNullable(fresh().first());
  }

  /** The key of an id. */
  Optional<Key> find(String id) {
    return Optional.ofNullable(fresh().keys().get(id));
  }

  /** The ids, for messages. */
  String ids() {
    return String.join(", ", ring.get().keys().keySet());
  }

  private Ring fresh() {
    Ring known = ring.get();
    if (file == null) {
      return known;
    }
    try {
      if (!Files.getLastModifiedTime(file).equals(known.changed())) {
        Ring now = read(file);
        ring.set(now);
        LOG.info("encryption keys read anew from {}: {}", file, ids());
        return now;
      }
    } catch (IOException e) {
      LOG.warn("the former encryption keys stay in use: {}", e.getMessage());
    }
    return known;
  }
}
