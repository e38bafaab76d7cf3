package dev.recycler.activities.safetensors;

import static dev.recycler.activities.safetensors.RawFile.bytes;
import static dev.recycler.activities.safetensors.RawFile.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a weight file can lie is refused in one sentence. */
class HostileFilesTest {
  @TempDir Path scratch;

  private void refused(byte[] file, String message) throws IOException {
    Path folder = RawFile.folder(scratch, file);
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> ModelFolder.open(folder).close())
        .withMessage(folder.resolve("model.safetensors") + ": " + message);
  }

  private void refused(String header, int dataBytes, String message) throws IOException {
    refused(bytes(header, new byte[dataBytes]), message);
  }

  private static String of(String... entries) {
    return "{" + String.join(",", entries) + "}";
  }

  @Test
  void aWholeFileIsAccepted() throws IOException {
    String header =
        of(
            "\"__metadata__\":{\"format\":\"pt\"}",
            entry("b", "BF16", "[2,3]", 4, 16),
            entry("a", "F32", "[]", 0, 4),
            entry("e", "I64", "[0,7]", 16, 16));
    try (ModelFolder model =
        ModelFolder.open(RawFile.folder(scratch, bytes(header + "  ", new byte[16])))) {
      assertThat(model.tensors().keySet()).containsExactly("a", "b", "e");
      assertThat(model.tensors().get("a").elements()).isEqualTo(1);
      assertThat(model.tensors().get("b").elements()).isEqualTo(6);
      assertThat(model.tensors().get("e").elements()).isZero();
      assertThat(model.metadata()).containsEntry("format", "pt");
    }
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    refused(
        new byte[0],
        "has 0 bytes, too few for a safetensors file, which starts with 8 bytes of header length");
  }

  @Test
  void aNegativeHeaderLengthIsRefused() throws IOException {
    refused(
        bytes(-5, "{}", new byte[0]),
        "its header length is negative (-5); it is not a safetensors file");
  }

  @Test
  void aHeaderLongerThanTheFileIsRefused() throws IOException {
    refused(
        bytes(3, "{}", new byte[0]),
        "its header length is 3 bytes, but only 2 follow; it is truncated or not a safetensors"
            + " file");
    refused(
        bytes(Long.MAX_VALUE, "{}", new byte[0]),
        "its header length is 9223372036854775807 bytes, but only 2 follow; it is truncated or not"
            + " a safetensors file");
  }

  @Test
  void anAbsurdHeaderLengthIsRefused() throws IOException {
    Path folder = RawFile.folder(scratch, bytes(200_000_000, "{}", new byte[0]));
    Path file = folder.resolve("model.safetensors");
    try (var sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(300_000_000);
    }
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> ModelFolder.open(folder).close())
        .withMessage(
            file
                + ": its header length is 200000000 bytes, more than the 100000000 that a header"
                + " may have");
  }

  @Test
  void aHeaderThatIsNoJsonObjectIsRefused() throws IOException {
    refused("[]", 0, "its header does not start with \"{\"; it is not a safetensors file");
    refused(
        "{\"a\":}",
        0,
        "its header is not valid JSON: Unexpected character ('}' (code 125)): expected a value (at"
            + " character 5 of the JSON)");
    refused("{} {}", 0, "its header has text after the closing brace; only spaces may follow");
    refused("{\"a\":1}", 0, "the entry \"a\" is not an object");
    refused("{\"__metadata__\":{\"k\":1}}", 0, "__metadata__.k is not a string");
  }

  @Test
  void aHeaderThatIsNotTextIsRefused() throws IOException {
    byte[] header = "{\"a?\":{}}".getBytes(StandardCharsets.US_ASCII);
    header[3] = (byte) 0xff;
    byte[] file = bytes(header.length, "", header);
    Path folder = RawFile.folder(scratch, file);
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> ModelFolder.open(folder).close())
        .withMessage(
            folder.resolve("model.safetensors") + ": its header is not valid JSON: not UTF-8 text");
  }

  @Test
  void aRepeatedNameIsRefused() throws IOException {
    refused(
        of(entry("a", "U8", "[1]", 0, 1), entry("a", "U8", "[1]", 0, 1)),
        1,
        "its header is not valid JSON: Duplicate field 'a' (at character 56 of the JSON)");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        1,
        "its header is not valid JSON: Duplicate field 'dtype' (at character 26 of the" + " JSON)");
  }

  @Test
  void anUnknownKeyIsRefused() throws IOException {
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"extra\":0}}",
        1,
        "tensor \"a\" has the unknown key \"extra\"; a tensor has dtype, shape and data_offsets");
  }

  @Test
  void aMissingKeyIsRefused() throws IOException {
    refused("{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "tensor \"a\" has no data_offsets");
    refused("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1, "tensor \"a\" has no shape");
    refused("{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "tensor \"a\" has no dtype");
  }

  @Test
  void anUnknownDtypeIsRefused() throws IOException {
    refused(
        of(entry("a", "BF17", "[1]", 0, 2)),
        2,
        "tensor \"a\" has the unknown dtype \"BF17\"; known are BF16, F16, F32, F64, integers and"
            + " BOOL");
  }

  @Test
  void wrongNumbersAreRefused() throws IOException {
    refused(
        of(entry("a", "U8", "[-1]", 0, 1)),
        1,
        "tensor \"a\" has a shape that is not a list of whole numbers ≥ 0");
    refused(
        of(entry("a", "U8", "[1.5]", 0, 1)),
        1,
        "tensor \"a\" has a shape that is not a list of whole numbers ≥ 0");
    refused(
        of(entry("a", "U8", "[99999999999999999999]", 0, 1)),
        1,
        "tensor \"a\" has a shape that is not a list of whole numbers ≥ 0");
    refused(of(entry("a", "U8", "1", 0, 1)), 1, "shape of tensor \"a\" is not a list");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}",
        1,
        "tensor \"a\" has 1 data_offsets instead of 2");
  }

  @Test
  void sizesThatOverflowAreRefused() throws IOException {
    refused(
        of(entry("a", "F32", "[4294967296,4294967296]", 0, 4)),
        4,
        "tensor \"a\" has a shape [4294967296, 4294967296] whose size overflows");
  }

  @Test
  void offsetsThatDisagreeWithTheShapeAreRefused() throws IOException {
    refused(
        of(entry("a", "BF16", "[2,2]", 0, 6)),
        6,
        "tensor \"a\" has 6 bytes, but shape [2, 2] of BF16 needs 8 bytes");
    refused(
        of(entry("a", "U8", "[1]", 2, 1)),
        2,
        "tensor \"a\" ends at byte 1 before it begins at byte 2");
  }

  @Test
  void offsetsPastTheEndAreRefused() throws IOException {
    refused(
        of(entry("a", "BF16", "[4]", 0, 8)),
        6,
        "tensor \"a\" runs to byte 8, but the file has only 6 bytes of data; it is truncated or its"
            + " header is wrong");
  }

  @Test
  void overlapsAreRefused() throws IOException {
    refused(
        of(entry("a", "U8", "[4]", 0, 4), entry("b", "U8", "[4]", 3, 7)),
        7,
        "tensor \"b\" overlaps tensor \"a\" in the file");
  }

  @Test
  void holesAreRefused() throws IOException {
    refused(
        of(entry("a", "U8", "[4]", 0, 4), entry("b", "U8", "[2]", 5, 7)),
        7,
        "there is a hole of 1 bytes before tensor \"b\"; data must have no gaps");
    refused(
        of(entry("a", "U8", "[4]", 0, 4)),
        7,
        "3 bytes follow the last tensor; data must have no gaps");
  }

  @Test
  void aNameInAMessageIsShortAndHasNoControlCharacters() throws IOException {
    refused(
        of(entry("\\u001b[31m" + "x".repeat(500), "F9", "[1]", 0, 1)),
        1,
        "tensor \"?[31m"
            + "x".repeat(115)
            + "…\" has the unknown dtype \"F9\"; known are BF16, F16,"
            + " F32, F64, integers and BOOL");
  }

  @Test
  void aNameThatATerminalWouldObeyIsRefused() throws IOException {
    refused(
        of(entry("a\\u001b[31m", "U8", "[1]", 0, 1)),
        1,
        "tensor \"a?[31m\" has control characters in its name, which no model needs");
  }
}
