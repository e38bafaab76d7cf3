package dev.recycler.activities.safetensors;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A {@code model.safetensors.index.json}: which file each tensor lies in.
 *
 * @param weightMap file name by tensor name, as listed
 */
record ShardIndex(Map<String, String> weightMap) {
  static final String NAME = "model.safetensors.index.json";
  static final int MAX_BYTES = 100_000_000;

  /**
   * @param file the name to blame in messages
   * @throws BadCheckpointException where it is not a map from tensors to plain file names
   */
  static ShardIndex parse(String file, byte[] json) {
    Map<String, String> map = null;
    try (JsonParser parser = HeaderParser.parser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new BadCheckpointException(file + ": is not a JSON object with a weight_map");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (!key.equals("weight_map")) {
          parser.skipChildren();
        } else if (value != JsonToken.START_OBJECT) {
          throw new BadCheckpointException(file + ": its weight_map is not an object");
        } else {
          map = readMap(file, parser);
        }
      }
      if (parser.nextToken() != null) {
        throw new BadCheckpointException(file + ": has text after the closing brace");
      }
    } catch (JsonParseException e) {
      throw new BadCheckpointException(
          "%s: is not valid JSON: %s%s"
              .formatted(file, HeaderParser.firstLine(e), HeaderParser.position(e)),
          e);
    } catch (JsonProcessingException e) {
      throw new BadCheckpointException(file + ": is refused: " + HeaderParser.firstLine(e), e);
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": is not valid JSON: not UTF-8 text", e);
    }
    if (map == null) {
      throw new BadCheckpointException(
          file + ": has no weight_map; it must map each tensor to its file");
    }
    if (map.isEmpty()) {
      throw new BadCheckpointException(file + ": its weight_map is empty");
    }
    return new ShardIndex(map);
  }

  private static Map<String, String> readMap(String file, JsonParser parser) throws IOException {
    Map<String, String> map = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String tensor = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw new BadCheckpointException(
            "%s: the file of tensor \"%s\" is not a string"
                .formatted(file, HeaderParser.brief(tensor)));
      }
      String name = parser.getText();
      if (!isPlainName(name)) {
        throw new BadCheckpointException(
            "%s: puts tensor \"%s\" into \"%s\"; only plain file names of the same folder are allowed"
                .formatted(file, HeaderParser.brief(tensor), HeaderParser.brief(name)));
      }
      if (!name.endsWith(".safetensors")) {
        throw new BadCheckpointException(
            "%s: puts tensor \"%s\" into \"%s\", which is not a .safetensors file"
                .formatted(file, HeaderParser.brief(tensor), HeaderParser.brief(name)));
      }
      map.put(tensor, name);
    }
    return map;
  }

  private static boolean isPlainName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.length() <= 255
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))
        && isEncodable(name);
  }

  /** Whether the file system can have such a name at all; half a surrogate pair it cannot. */
  private static boolean isEncodable(String name) {
    try {
      return Path.of(name).getNameCount() == 1;
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
