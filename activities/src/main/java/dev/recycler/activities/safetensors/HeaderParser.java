package dev.recycler.activities.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON of a safetensors header and proves that it describes the file: no unknown or
 * repeated keys, no unknown dtypes, sizes that agree with shapes, and tensors that cover the data
 * without overlap, hole or remainder.
 *
 * <p>Source: the format's description, {@code huggingface/safetensors} README, section "Format".
 */
final class HeaderParser {
  private static final int MAX_DIMENSIONS = 64;

  /** Nesting of a header is three; duplicates are found by the parser. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(8)
                  .maxNumberLength(32)
                  .maxNameLength(10_000)
                  .maxStringLength(10_000_000)
                  .build())
          .build();

  private final String file;
  private final long dataStart;
  private final long dataBytes;

  /**
   * @param file the name to blame in messages
   * @param dataStart where data starts in the file
   * @param dataBytes the bytes from there to the file's end
   */
  HeaderParser(String file, long dataStart, long dataBytes) {
    this.file = file;
    this.dataStart = dataStart;
    this.dataBytes = dataBytes;
  }

  /**
   * @throws BadCheckpointException where the header is wrong in any way
   */
  Header parse(byte[] json) {
    if (json.length == 0 || json[0] != '{') {
      throw bad("its header does not start with \"{\"; it is not a safetensors file");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<TensorInfo> tensors = new ArrayList<>();
    try (JsonParser parser = parser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        expect(parser.nextToken(), JsonToken.START_OBJECT, "the entry \"" + brief(name) + "\"");
        if (name.equals("__metadata__")) {
          readMetadata(parser, metadata);
        } else {
          tensors.add(readTensor(parser, name));
        }
      }
      if (parser.nextToken() != null) {
        throw bad("its header has text after the closing brace; only spaces may follow");
      }
    } catch (JsonParseException e) {
      throw new BadCheckpointException(
          file + ": its header is not valid JSON: " + firstLine(e) + position(e), e);
    } catch (JsonProcessingException e) {
      throw new BadCheckpointException(file + ": its header is refused: " + firstLine(e), e);
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": its header is not valid JSON: not UTF-8 text", e);
    }
    tensors.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes));
    checkCover(tensors);
    return new Header(metadata, List.copyOf(tensors), dataStart);
  }

  private void readMetadata(JsonParser parser, Map<String, String> metadata) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      expect(parser.nextToken(), JsonToken.VALUE_STRING, "__metadata__." + brief(key));
      metadata.put(key, parser.getText());
    }
  }

  private TensorInfo readTensor(JsonParser parser, String name) throws IOException {
    Dtype dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(value, JsonToken.VALUE_STRING, "dtype of tensor \"" + brief(name) + "\"");
          String text = parser.getText();
          dtype =
              Dtype.named(text)
                  .orElseThrow(
                      () ->
                          badTensor(
                              name,
                              "has the unknown dtype \"%s\"; known are BF16, F16, F32, F64, integers and BOOL"
                                  .formatted(brief(text))));
        }
        case "shape" -> shape = readNumbers(parser, value, name, "shape");
        case "data_offsets" -> offsets = readNumbers(parser, value, name, "data_offsets");
        default ->
            throw badTensor(
                name,
                "has the unknown key \"%s\"; a tensor has dtype, shape and data_offsets"
                    .formatted(brief(key)));
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw badTensor(name, "has no " + missing);
    }
    if (offsets.size() != 2) {
      throw badTensor(name, "has %d data_offsets instead of 2".formatted(offsets.size()));
    }
    return checked(name, dtype, shape, offsets.get(0), offsets.get(1));
  }

  private List<Long> readNumbers(JsonParser parser, JsonToken first, String name, String key)
      throws IOException {
    expect(first, JsonToken.START_ARRAY, key + " of tensor \"" + brief(name) + "\"");
    List<Long> numbers = new ArrayList<>(4);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || parser.getLongValue() < 0) {
        throw badTensor(name, "has a %s that is not a list of whole numbers ≥ 0".formatted(key));
      }
      numbers.add(parser.getLongValue());
      if (numbers.size() > MAX_DIMENSIONS) {
        throw badTensor(name, "has more than %d entries in its %s".formatted(MAX_DIMENSIONS, key));
      }
    }
    return numbers;
  }

  private TensorInfo checked(String name, Dtype dtype, List<Long> shape, long begin, long end) {
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw badTensor(name, "has control characters in its name, which no model needs");
    }
    if (begin > end) {
      throw badTensor(name, "ends at byte %d before it begins at byte %d".formatted(end, begin));
    }
    if (end > dataBytes) {
      throw badTensor(
          name,
          "runs to byte %d, but the file has only %d bytes of data; it is truncated or its header is wrong"
              .formatted(end, dataBytes));
    }
    long bits;
    try {
      bits = dtype.bits();
      for (long dimension : shape) {
        bits = Math.multiplyExact(bits, dimension);
      }
    } catch (ArithmeticException e) {
      throw badTensor(name, "has a shape %s whose size overflows".formatted(shape));
    }
    if (bits % 8 != 0 || bits / 8 != end - begin) {
      throw badTensor(
          name,
          "has %d bytes, but shape %s of %s needs %s"
              .formatted(
                  end - begin, shape, dtype, bits % 8 == 0 ? bits / 8 + " bytes" : bits + " bits"));
    }
    return new TensorInfo(name, dtype, shape, dataStart + begin, end - begin);
  }

  private void checkCover(List<TensorInfo> tensors) {
    long at = dataStart;
    String previous = null;
    for (TensorInfo tensor : tensors) {
      if (tensor.offset() < at) {
        throw badTensor(
            tensor.name(), "overlaps tensor \"%s\" in the file".formatted(brief(previous)));
      }
      if (tensor.offset() > at) {
        throw bad(
            "there is a hole of %d bytes before tensor \"%s\"; data must have no gaps"
                .formatted(tensor.offset() - at, brief(tensor.name())));
      }
      at += tensor.bytes();
      previous = tensor.name();
    }
    long rest = dataStart + dataBytes - at;
    if (rest != 0) {
      throw bad("%d bytes follow the last tensor; data must have no gaps".formatted(rest));
    }
  }

  private void expect(JsonToken is, JsonToken expected, String where) {
    if (is != expected) {
      throw bad("%s is not %s".formatted(where, describe(expected)));
    }
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      default -> token.toString();
    };
  }

  /** A parser that takes nothing but UTF-8. */
  static JsonParser parser(byte[] json) throws IOException {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    return JSON.createParser(new InputStreamReader(new ByteArrayInputStream(json), decoder));
  }

  static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    return brief(end < 0 ? message : message.substring(0, end), 160);
  }

  static String position(JsonProcessingException e) {
    var location = e.getLocation();
    return location == null || location.getCharOffset() < 0
        ? ""
        : " (at character " + location.getCharOffset() + " of the JSON)";
  }

  /** A name of a hostile file for a message: short, and without control characters. */
  static String brief(String text) {
    return brief(text, 120);
  }

  private static String brief(String text, int limit) {
    var shown = new StringBuilder();
    for (int i = 0; i < text.length() && shown.length() < limit; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) ? '?' : c);
    }
    return shown.length() < text.length() ? shown + "…" : shown.toString();
  }

  private BadCheckpointException badTensor(String name, String what) {
    return bad("tensor \"%s\" %s".formatted(brief(name), what));
  }

  private BadCheckpointException bad(String what) {
    return new BadCheckpointException(file + ": " + what);
  }
}
