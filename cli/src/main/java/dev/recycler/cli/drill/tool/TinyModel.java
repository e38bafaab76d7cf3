package dev.recycler.cli.drill.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model of a few thousand numbers, in one file of safetensors.
 *
 * @param tensors one-dimensional, float32, by name
 * @param tokenizer content of its {@code tokenizer.json}
 */
public record TinyModel(SortedMap<String, float[]> tensors, String tokenizer) {
  static final String WEIGHTS = "model.safetensors";
  static final String TOKENIZER = "tokenizer.json";
  private static final String CONFIG = "config.json";
  private static final Pattern TENSOR =
      Pattern.compile(
          "\"([^\"]+)\":\\{\"dtype\":\"F32\",\"shape\":\\[([0-9]+)\\],"
              + "\"data_offsets\":\\[([0-9]+),([0-9]+)\\]\\}");

  public TinyModel {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  /** Reads a model's folder. */
  public static TinyModel read(Path folder) throws IOException {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(WEIGHTS))).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(file.getLong())];
    file.get(header);
    ByteBuffer data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    SortedMap<String, float[]> tensors = new TreeMap<>();
    Matcher tensor = TENSOR.matcher(new String(header, StandardCharsets.UTF_8).replace(" ", ""));
    while (tensor.find()) {
      float[] values = new float[Integer.parseInt(tensor.group(2))];
      data.position(Integer.parseInt(tensor.group(3)));
      for (int i = 0; i < values.length; i++) {
        values[i] = data.getFloat();
      }
      tensors.put(tensor.group(1), values);
    }
    if (tensors.isEmpty()) {
      throw new IOException(folder.resolve(WEIGHTS) + " holds no tensor that can be read");
    }
    return new TinyModel(tensors, Files.readString(folder.resolve(TOKENIZER)));
  }

  /** Writes it as a model's folder; the folder is there. */
  public void write(Path folder) throws IOException {
    writeWeights(folder, Integer.MAX_VALUE);
    Files.writeString(folder.resolve(CONFIG), "{\"model_type\": \"llama\"}\n");
    Files.writeString(folder.resolve(TOKENIZER), tokenizer);
  }

  /** Writes no more than so many bytes of the weights: what a crash in the middle leaves. */
  void writeWeights(Path folder, int most) throws IOException {
    StringBuilder header = new StringBuilder("{");
    int offset = 0;
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      int bytes = tensor.getValue().length * Float.BYTES;
      header
          .append(header.length() > 1 ? "," : "")
          .append(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
                  .formatted(tensor.getKey(), tensor.getValue().length, offset, offset + bytes));
      offset += bytes;
    }
    header.append("}");
    while (header.length() % 8 != 0) {
      header.append(' ');
    }
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length() + offset).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length());
    file.put(header.toString().getBytes(StandardCharsets.UTF_8));
    for (float[] values : tensors.values()) {
      for (float value : values) {
        file.putFloat(value);
      }
    }
    file.flip().limit(Math.min(file.limit(), most));
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(WEIGHTS),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(file);
    }
  }
}
