package dev.recycler.activities.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What determines a step's output: operation, digests of its inputs, parameters, tool and version.
 * Two steps with one fingerprint are the same step.
 *
 * @param operation {@code merge}, {@code finetune} or {@code evaluate}; a folder of the store
 * @param hex SHA-256 of the canonical JSON of the parameters, 64 hexadecimal digits
 */
public record Fingerprint(String operation, String hex) {
  private static final Pattern OPERATION = Pattern.compile("[a-z]+");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  public Fingerprint {
    Objects.requireNonNull(operation, "operation");
    if (!OPERATION.matcher(operation).matches()) {
      throw new IllegalArgumentException("operation must be lower-case letters: " + operation);
    }
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a SHA-256 in hexadecimal: " + hex);
    }
  }

  /**
   * The fingerprint of an operation with these parameters, in whatever order the keys stand.
   *
   * @param parameters strings, numbers, booleans, nulls, lists and maps of these
   */
  public static Fingerprint of(String operation, Map<String, ?> parameters) {
    try {
      String json = CANONICAL.writeValueAsString(Map.of("operation", operation, "is", parameters));
      return new Fingerprint(operation, Sha256.of(json.getBytes(StandardCharsets.UTF_8)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("parameters cannot be written as JSON", e);
    }
  }

  /** Whether a name is the hexadecimal of a fingerprint. */
  static boolean isHex(String name) {
    return HEX.matcher(name).matches();
  }

  /** The first twelve digits, for people. */
  public String brief() {
    return hex.substring(0, 12);
  }
}
