package dev.recycler.activities.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Makes well-formed headers and indexes, and breaks most of them: as values, as text, as bytes. */
final class HeaderMutator {
  private static final String[] NUMBERS = {
    "-1",
    "0",
    "1",
    "2",
    "4",
    "8",
    "1e3",
    "1.5",
    "00",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "4294967296",
    "2147483648",
    "null",
    "true",
    "\"1\"",
    "[]",
    "{}",
    "1e999",
    "99999999999999999999999999999999999999"
  };
  private static final String[] TOKENS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\u0000",
    "\n",
    " ",
    "null",
    "\"dtype\"",
    "\"shape\"",
    "\"data_offsets\"",
    "\"__metadata__\"",
    "{\"a\":{",
    "//",
    "NaN"
  };
  private static final String[] FILES = {
    "a.safetensors",
    "b.safetensors",
    "../a.safetensors",
    "/etc/passwd",
    "..",
    "",
    ".",
    "a.bin",
    "a\\u0000.safetensors",
    "\\u002e\\u002e\\u002fa.safetensors",
    "c\\\\d.safetensors"
  };

  private final Random random;
  private long dataBytes;

  HeaderMutator(Random random) {
    this.random = random;
  }

  Random random() {
    return random;
  }

  /** The data that follows the last header made. */
  long dataBytes() {
    return dataBytes;
  }

  byte[] header() {
    Dtype[] dtypes = Dtype.values();
    var text = new StringBuilder("{");
    if (random.nextBoolean()) {
      text.append("\"__metadata__\":{\"format\":\"pt\"}").append(random.nextInt(9) == 0 ? "" : ",");
    }
    int tensors = random.nextInt(5);
    long at = 0;
    for (int i = 0; i < tensors; i++) {
      Dtype dtype = dtypes[random.nextInt(dtypes.length)];
      long rows = random.nextInt(4) * 4L;
      long columns = 1L + random.nextInt(4);
      long bytes = rows * columns * dtype.bits() / 8;
      text.append(
          RawFile.entry(name(i), dtype.name(), "[" + rows + "," + columns + "]", at, at + bytes));
      text.append(i < tensors - 1 ? "," : "");
      at += bytes;
    }
    if (text.charAt(text.length() - 1) == ',') {
      text.setLength(text.length() - 1);
    }
    dataBytes = random.nextInt(12) == 0 ? random.nextInt(100) : at;
    return mutate(text.append("}").toString());
  }

  byte[] index() {
    var text = new StringBuilder("{\"metadata\":{\"total_size\":1},\"weight_map\":{");
    int tensors = 1 + random.nextInt(4);
    for (int i = 0; i < tensors; i++) {
      String file = FILES[random.nextInt(random.nextInt(3) == 0 ? FILES.length : 2)];
      text.append("\"%s\":\"%s\"%s".formatted(name(i), file, i < tensors - 1 ? "," : ""));
    }
    return mutate(text.append("}}").toString());
  }

  /** A whole file with this header; its length field is wrong now and then. */
  byte[] file(byte[] header) {
    long length = random.nextInt(8) == 0 ? random.nextLong() >> random.nextInt(64) : header.length;
    byte[] file =
        ByteBuffer.allocate(8 + header.length + (int) dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put(header)
            .array();
    return random.nextInt(8) == 0 ? Arrays.copyOf(file, random.nextInt(file.length + 1)) : file;
  }

  private String name(int i) {
    return random.nextInt(12) == 0 ? "t" : "t" + "abcde".charAt(i);
  }

  private byte[] mutate(String text) {
    String mutated = text;
    for (int n = random.nextInt(4); n > 0; n--) {
      mutated = random.nextInt(3) == 0 ? mutateText(mutated) : mutateValue(mutated);
    }
    byte[] bytes = mutated.getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(6) == 0 && bytes.length > 0) {
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
    }
    if (random.nextInt(40) == 0) {
      return nested();
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 9)) : bytes;
  }

  /** Puts another number in place of one. */
  private String mutateValue(String text) {
    int at = random.nextInt(Math.max(1, text.length()));
    for (int i = 0; i < text.length(); i++) {
      int place = (at + i) % text.length();
      if (Character.isDigit(text.charAt(place))) {
        int end = place;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
          end++;
        }
        return text.substring(0, place)
            + NUMBERS[random.nextInt(NUMBERS.length)]
            + text.substring(end);
      }
    }
    return text;
  }

  private String mutateText(String text) {
    int from = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), from + random.nextInt(20));
    return switch (random.nextInt(3)) {
      case 0 -> text.substring(0, from) + text.substring(to);
      case 1 -> text.substring(0, to) + text.substring(from);
      default ->
          text.substring(0, from) + TOKENS[random.nextInt(TOKENS.length)] + text.substring(from);
    };
  }

  private byte[] nested() {
    int depth = 1 + random.nextInt(5000);
    return ("{\"a\":".repeat(depth) + "[".repeat(random.nextInt(100)))
        .getBytes(StandardCharsets.UTF_8);
  }
}
