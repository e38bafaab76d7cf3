package dev.recycler.cli.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models of a few numbers. */
final class ToyModels {
  private static final int VALUES = 64;

  private ToyModels() {}

  /** Writes a model whose numbers follow from one; makes the folder. */
  static Path write(Path folder, float from) throws IOException {
    Files.createDirectories(folder);
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(VALUES, Float.BYTES * VALUES)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer weights =
        ByteBuffer.allocate(Long.BYTES + header.length + Float.BYTES * VALUES)
            .order(ByteOrder.LITTLE_ENDIAN);
    weights.putLong(header.length).put(header);
    for (int i = 0; i < VALUES; i++) {
      weights.putFloat(from + i / (float) VALUES);
    }
    Files.write(folder.resolve("model.safetensors"), weights.array());
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    return folder;
  }
}
