package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the merge commands make of models that Transformers and PEFT saved: each loads there with
 * its tokenizer and generates a token.
 */
class MergeLoadsInTransformersIT {
  private static final PackagedCli CLI = new PackagedCli();
  private static final Path WORK = PackagedCli.WORK.resolve("merge models");

  /** What {@code check_models.py} found in each output, by its name. */
  private static final Map<String, JsonNode> FOUND = new LinkedHashMap<>();

  private static LockedPython python;

  @BeforeAll
  static void mergeAndLoad() throws Exception {
    python = LockedPython.ensure();
    Folders.delete(WORK);
    Path script =
        Path.of(
            Objects.requireNonNull(MergeLoadsInTransformersIT.class.getResource("merge_models.py"))
                .toURI());
    PackagedCli.Result made = python.run(script, List.of(WORK.toString()));
    assertThat(made.code()).as(made.err()).isZero();

    List<String> outputs = new ArrayList<>();
    outputs.add(merge("plain", "single"));
    outputs.add(merge("plain", "sharded", "--shard-size", "30kB"));
    outputs.add(merge("tied", "tied"));
    outputs.add(merge("tokens", "tokens"));
    run("diff", "extract", "--dtype", "float64", sides("plain"), "--out", out("diff"));
    outputs.add("applied");
    run("diff", "apply", "--diff", out("diff"), target("plain"), "--out", out("applied"));
    outputs.add("lora");
    run("merge", "--finetuned", model("lora", "adapter"), target("lora"), "--out", out("lora"));

    PackagedCli.Result check =
        python.script(
            "check_models.py", outputs.stream().map(MergeLoadsInTransformersIT::out).toList());
    List<String> lines = check.out().lines().toList();
    assertThat(lines).as(check.err()).hasSameSizeAs(outputs);
    for (int i = 0; i < lines.size(); i++) {
      FOUND.put(outputs.get(i), new ObjectMapper().readTree(lines.get(i)));
    }
  }

  private static String model(String family, String side) {
    return WORK.resolve(family).resolve(side).toString();
  }

  private static String out(String name) {
    return WORK.resolve("out").resolve(name).toString();
  }

  private static List<String> sides(String family) {
    return List.of("--base", model(family, "base"), "--finetuned", model(family, "finetuned"));
  }

  private static List<String> target(String family) {
    return List.of("--target", model(family, "target"));
  }

  private static String merge(String family, String name, String... options)
      throws InterruptedException {
    run("merge", sides(family), target(family), "--out", out(name), List.of(options));
    return name;
  }

  /** Runs a command; lists among the words are spread. */
  private static void run(Object... words) throws InterruptedException {
    List<String> command = new ArrayList<>();
    for (Object word : words) {
      if (word instanceof List<?> several) {
        several.forEach(each -> command.add(each.toString()));
      } else {
        command.add(word.toString());
      }
    }
    PackagedCli.Result result = CLI.run(command.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
  }

  private static JsonNode loaded(String name) {
    JsonNode found = FOUND.get(name);
    assertThat(found.path("ok").asBoolean()).as(found.toString()).isTrue();
    assertThat(found.path("dtype").asText()).isEqualTo("bfloat16");
    assertThat(found.path("chat_template").asBoolean()).isTrue();
    assertThat(found.path("token").isInt()).isTrue();
    return found;
  }

  /** That PyTorch computes the same bits. */
  private static void computed(String family, String name) throws InterruptedException {
    List<String> arguments = new ArrayList<>(sides(family));
    arguments.addAll(target(family));
    arguments.addAll(List.of("--merged", out(name)));
    PackagedCli.Result check = python.script("check_merge.py", arguments);
    assertThat(check.code()).as(check.out() + check.err()).isZero();
  }

  @Test
  void oneFile() throws InterruptedException {
    assertThat(loaded("single").path("vocabulary").asInt()).isEqualTo(258);
    computed("plain", "single");
  }

  @Test
  void shards() throws IOException {
    loaded("sharded");
    assertThat(Path.of(out("sharded"), "model.safetensors.index.json")).isRegularFile();
    assertThat(Path.of(out("sharded"), "model.safetensors")).doesNotExist();
    Weights.assertEqual(Path.of(out("sharded")), Path.of(out("single")));
    assertThat(FOUND.get("sharded").path("token")).isEqualTo(FOUND.get("single").path("token"));
  }

  @Test
  void aTiedHeadAndAFinetunedSideInFloat32() throws IOException, InterruptedException {
    int parameters = loaded("tied").path("parameters").asInt();
    assertThat(parameters).isLessThan(loaded("single").path("parameters").asInt());
    assertThat(Homes.json(Path.of(out("tied"), "config.json")).path("dtype").asText())
        .isEqualTo("bfloat16");
    computed("tied", "tied");
  }

  @Test
  void addedTokens() throws IOException, InterruptedException {
    assertThat(loaded("tokens").path("vocabulary").asInt()).isEqualTo(261);
    assertThat(Homes.json(Path.of(out("tokens"), "config.json")).path("vocab_size").asInt())
        .isEqualTo(261);
    computed("tokens", "tokens");
  }

  @Test
  void anExtractedDifferenceThatIsAppliedIsTheMerge() throws IOException {
    loaded("applied");
    Weights.assertEqual(Path.of(out("applied")), Path.of(out("single")));
  }

  @Test
  void anAdapterIsMergedAsPeftDoesInDoublePrecision() throws IOException {
    loaded("lora");
    Weights.assertEqual(Path.of(out("lora")), WORK.resolve("lora/expected"));
  }
}
