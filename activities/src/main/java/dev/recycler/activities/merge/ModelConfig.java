package dev.recycler.activities.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A model's {@code config.json}, and what a merge changes in it. */
final class ModelConfig {
  static final String NAME = "config.json";
  private static final int LIMIT = 16 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode json;

  private ModelConfig(ObjectNode json) {
    this.json = json;
  }

  /**
   * The config of a folder, where it has one.
   *
   * @throws BadCheckpointException where it is no JSON object
   */
  static Optional<ModelConfig> of(ModelFolder folder) throws IOException {
    return object(folder, NAME).map(ModelConfig::new);
  }

  /** A JSON object in a small file of the folder. */
  static Optional<ObjectNode> object(ModelFolder folder, String name) throws IOException {
    Optional<byte[]> bytes = folder.sidecar(name, LIMIT);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (JSON.readTree(bytes.get()) instanceof ObjectNode object) {
        return Optional.of(object);
      }
    } catch (JsonProcessingException e) {
      throw new BadCheckpointException(
          "%s: is not valid JSON: %s"
              .formatted(folder.path().resolve(name), e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new BadCheckpointException(
          "%s: is not valid JSON: not UTF-8 text".formatted(folder.path().resolve(name)), e);
    }
    throw new BadCheckpointException(
        "%s: is not a JSON object".formatted(folder.path().resolve(name)));
  }

  /**
   * @throws BadCheckpointException where the config says that the weights are quantized
   */
  static void requireUnquantized(ModelFolder folder) throws IOException {
    Optional<ModelConfig> config = of(folder);
    if (config.isPresent() && config.get().json.hasNonNull("quantization_config")) {
      throw new BadCheckpointException(
          "%s says that the model is quantized (%s), and quantized weights cannot be merged; use the"
                  .formatted(
                      folder.path().resolve(NAME),
                      config.get().json.get("quantization_config").path("quant_method").asText("?"))
              + " model in bfloat16, float16 or float32");
    }
  }

  /** Where the model says it comes from, such as {@code allenai/OLMo-2-1124-7B}. */
  Optional<String> origin() {
    String name = json.path("_name_or_path").asText("");
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  /**
   * Applies what the merge changed.
   *
   * @return what was changed, for the user
   */
  List<String> apply(ConfigChanges changes) {
    var notes = new ArrayList<String>();
    changes.dtype().ifPresent(dtype -> setDtype(dtype.torchName(), notes));
    if (changes.vocabulary().isPresent()) {
      setVocabulary(changes.vocabulary().getAsLong(), notes);
    }
    if (changes.untied()) {
      json.put("tie_word_embeddings", false);
      notes.add("config.json: tie_word_embeddings is now false");
    }
    return notes;
  }

  private void setDtype(String dtype, List<String> notes) {
    boolean found = json.hasNonNull("torch_dtype") || json.hasNonNull("dtype");
    for (String key : List.of("torch_dtype", "dtype")) {
      for (ObjectNode node : nodes()) {
        JsonNode old = node.get(key);
        if (old != null && old.isTextual()) {
          if (!old.asText().equals(dtype)) {
            notes.add("config.json: %s was %s, is %s".formatted(key, old.asText(), dtype));
            node.put(key, dtype);
          }
        }
      }
    }
    if (!found) {
      json.put("torch_dtype", dtype);
    }
  }

  private void setVocabulary(long rows, List<String> notes) {
    for (ObjectNode node : nodes()) {
      JsonNode old = node.get("vocab_size");
      if (old != null && old.isIntegralNumber() && old.asLong() != rows) {
        notes.add("config.json: vocab_size was %d, is %d".formatted(old.asLong(), rows));
        node.put("vocab_size", rows);
      }
    }
  }

  /** The config itself, and those of its parts ({@code text_config} and the like). */
  private List<ObjectNode> nodes() {
    var nodes = new ArrayList<ObjectNode>();
    nodes.add(json);
    json.properties()
        .forEach(
            entry -> {
              if (entry.getKey().endsWith("_config")
                  && entry.getValue() instanceof ObjectNode part) {
                nodes.add(part);
              }
            });
    return nodes;
  }

  byte[] bytes() {
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
