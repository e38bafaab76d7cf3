package dev.recycler.activities.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds safetensors files byte by byte, the corrupt ones too. */
public final class RawFile {
  private RawFile() {}

  /** A whole file: the header's length, the header, the data. */
  public static byte[] bytes(String header, byte[] data) {
    return bytes(header.getBytes(StandardCharsets.UTF_8).length, header, data);
  }

  /** A file that claims a header length of its own. */
  public static byte[] bytes(long length, String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(text)
        .put(data)
        .array();
  }

  /** The header's entry of one tensor. */
  public static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  /** A folder with one {@code model.safetensors} of these bytes. */
  public static Path folder(Path parent, byte[] file) throws IOException {
    Path folder = Files.createTempDirectory(parent, "model");
    Files.write(folder.resolve("model.safetensors"), file);
    return folder;
  }
}
