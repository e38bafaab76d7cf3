package dev.recycler.activities.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A checkpoint of one float32 tensor, as a hub or a folder holds it. */
public final class TinyCheckpoint {
  private TinyCheckpoint() {}

  /** The files of a model whose weights follow from {@code seed}. */
  public static Map<String, byte[]> files(int seed, int values) {
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(values, 4 * values)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer weights =
        ByteBuffer.allocate(8 + header.length + 4 * values).order(ByteOrder.LITTLE_ENDIAN);
    weights.putLong(header.length).put(header);
    Random random = new Random(seed);
    for (int i = 0; i < values; i++) {
      weights.putFloat((float) random.nextGaussian());
    }
    Map<String, byte[]> files = new TreeMap<>();
    files.put("config.json", text("{\"model_type\": \"llama\", \"dtype\": \"float32\"}"));
    files.put("model.safetensors", weights.array());
    files.put("tokenizer.json", text("{\"seed\": " + seed + "}"));
    return files;
  }

  /** The same in a folder. */
  public static Path write(Path folder, int seed, int values) throws IOException {
    Files.createDirectories(folder);
    for (var file : files(seed, values).entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
