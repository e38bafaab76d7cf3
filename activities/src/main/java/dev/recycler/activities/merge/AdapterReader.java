package dev.recycler.activities.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.TensorInfo;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads a PEFT LoRA adapter: which modules it changes, and with which scaling: {@code lora_alpha /
 * rank}, or {@code lora_alpha / √rank} for rank-stabilised LoRA, both by module where the config
 * has patterns.
 *
 * <p>Source: PEFT's {@code LoraConfig} and {@code LoraLayer.update_layer}.
 */
final class AdapterReader {
  private static final String CONFIG = "adapter_config.json";
  private static final String PREFIX = "base_model.model.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  private static final List<String> VARIANTS =
      List.of(
          "layer_replication",
          "alora_invocation_tokens",
          "use_qalora",
          "use_bdlora",
          "kasa_config",
          "arrow_config");
  private static final Pattern CHANGES_THE_BASE =
      Pattern.compile("(pissa|olora|corda|loftq|lora_ga).*", Pattern.CASE_INSENSITIVE);

  private final ModelFolder folder;
  private final LoadMode load;
  private final ObjectNode config;

  AdapterReader(ModelFolder folder, LoadMode load) throws IOException {
    this.folder = folder;
    this.load = load;
    this.config =
        ModelConfig.object(folder, CONFIG)
            .orElseThrow(
                () ->
                    new BadCheckpointException(
                        "%s has adapter weights but no %s".formatted(folder.path(), CONFIG)));
    refuseUnsupported();
  }

  private void refuseUnsupported() {
    String type = config.path("peft_type").asText("LORA");
    if (!type.equalsIgnoreCase("LORA")) {
      throw bad("peft_type is %s; only LORA is supported".formatted(type));
    }
    if (config.path("use_dora").asBoolean(false)) {
      throw bad("use_dora is true; DoRA is not supported: merge the adapter with PEFT first");
    }
    if (config.path("fan_in_fan_out").asBoolean(false)) {
      throw bad("fan_in_fan_out is true; transposed layers are not supported");
    }
    if (config.path("lora_bias").asBoolean(false)
        || !config.path("bias").asText("none").equals("none")) {
      throw bad("it trains biases; bias must be \"none\"");
    }
    refuseVariants();
    JsonNode saved = config.path("modules_to_save");
    if (saved.isArray() && !saved.isEmpty()) {
      throw bad(
          "modules_to_save is %s; fully trained modules are not supported: merge the adapter with PEFT"
                  .formatted(saved)
              + " first");
    }
  }

  /** What makes of the same factors another Δ, or changes the base itself when PEFT loads it. */
  private void refuseVariants() {
    for (String key : VARIANTS) {
      JsonNode value = config.path(key);
      if (value.isContainerNode() ? !value.isEmpty() : value.asBoolean(value.isTextual())) {
        throw bad(
            "%s is set, which is not supported: merge the adapter with PEFT first".formatted(key));
      }
    }
    String initial = config.path("init_lora_weights").asText("");
    if (CHANGES_THE_BASE.matcher(initial).matches()) {
      throw bad(
          "init_lora_weights is %s, so it belongs to a base that PEFT changes when it loads the adapter"
                  .formatted(initial)
              + "; save it with path_initial_model_for_weight_conversion, or merge it with PEFT first");
    }
  }

  /** The factors by the name of the weight that they change. */
  Map<String, LowRankFactors> read() {
    Map<String, LowRankFactors> modules = new TreeMap<>();
    for (TensorInfo tensor : folder.tensors().values()) {
      String name = tensor.name();
      if (name.endsWith(B)) {
        require(name, name.substring(0, name.length() - B.length()) + A);
      } else if (name.endsWith(A) && name.startsWith(PREFIX)) {
        String module = name.substring(PREFIX.length(), name.length() - A.length());
        String other = name.substring(0, name.length() - A.length()) + B;
        require(name, other);
        modules.put(module + ".weight", factors(module, tensor, folder.tensors().get(other)));
      } else {
        throw new BadCheckpointException(
            "%s: tensor \"%s\" is not a LoRA factor of a linear layer (%s…%s and %s), and nothing else"
                    .formatted(folder.path(), name, PREFIX, A, B)
                + " is supported");
      }
    }
    return modules;
  }

  private void require(String having, String needed) {
    if (!folder.tensors().containsKey(needed)) {
      throw new BadCheckpointException(
          "%s: tensor \"%s\" has no partner \"%s\"".formatted(folder.path(), having, needed));
    }
  }

  private LowRankFactors factors(String module, TensorInfo a, TensorInfo b) {
    for (TensorInfo factor : List.of(a, b)) {
      if (!factor.dtype().isFloat() || factor.dtype() == Dtype.F64) {
        throw new BadCheckpointException(
            "%s: tensor \"%s\" is %s; factors must be BF16, F16 or F32"
                .formatted(folder.path(), factor.name(), factor.dtype()));
      }
      if (factor.shape().size() != 2 || factor.elements() > Integer.MAX_VALUE / 4) {
        throw new BadCheckpointException(
            "%s: tensor \"%s\" has shape %s; a factor of a linear layer has two dimensions"
                .formatted(folder.path(), factor.name(), factor.shape()));
      }
    }
    if (!a.shape().get(0).equals(b.shape().get(1))) {
      throw new BadCheckpointException(
          "%s: the factors of \"%s\" have ranks %d and %d"
              .formatted(folder.path(), module, a.shape().get(0), b.shape().get(1)));
    }
    double rank = pattern("rank_pattern", module, config.path("r").asDouble(0));
    if (rank != a.shape().get(0)) {
      throw bad(
          "the rank of \"%s\" is %s there and %d in the weights"
              .formatted(module, rank, a.shape().get(0)));
    }
    double alpha = pattern("alpha_pattern", module, config.path("lora_alpha").asDouble(Double.NaN));
    boolean stabilised = config.path("use_rslora").asBoolean(false);
    double scaling = alpha / (stabilised ? Math.sqrt(rank) : rank);
    if (!Double.isFinite(scaling)) {
      throw bad("lora_alpha of \"%s\" is not a finite number".formatted(module));
    }
    return new LowRankFactors(new Source(folder, a), new Source(folder, b), scaling, load);
  }

  /** The value of the first pattern that the module's name ends with, as PEFT matches them. */
  private double pattern(String key, String module, double otherwise) {
    for (Map.Entry<String, JsonNode> entry : config.path(key).properties()) {
      try {
        var name = new BoundedText(module);
        if (Pattern.compile("(.*\\.)?(" + entry.getKey() + ")$").matcher(name).matches()) {
          return entry.getValue().asDouble(Double.NaN);
        }
      } catch (PatternSyntaxException e) {
        throw bad("%s has the invalid pattern \"%s\"".formatted(key, entry.getKey()));
      } catch (BoundedText.Exceeded | StackOverflowError e) {
        throw bad(
            "%s has the pattern \"%s\", which takes too long to match; write it more simply"
                .formatted(key, entry.getKey()));
      }
    }
    return otherwise;
  }

  /**
   * @throws BadCheckpointException where a module is not in the model, or has another shape there
   */
  static void requireFit(ModelFolder adapter, Map<String, LowRankFactors> modules, Side model) {
    Map<String, List<Long>> wrong = new LinkedHashMap<>();
    modules.forEach(
        (name, factors) -> {
          TensorInfo tensor = model.tensors().get(name);
          if (tensor == null) {
            throw new BadCheckpointException(
                "%s: changes \"%s\", which the %s does not have"
                    .formatted(adapter.path(), name, model.role()));
          }
          if (!tensor.shape().equals(factors.shape()) || !tensor.dtype().isFloat()) {
            wrong.put(name, tensor.shape());
          }
        });
    wrong.forEach(
        (name, shape) -> {
          throw new BadCheckpointException(
              "%s: \"%s\" has shape %s in the adapter and %s in the %s"
                  .formatted(adapter.path(), name, modules.get(name).shape(), shape, model.role()));
        });
  }

  private BadCheckpointException bad(String what) {
    return new BadCheckpointException(folder.path().resolve(CONFIG) + ": " + what);
  }
}
