package dev.recycler.activities.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FetchInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.spec.CustomTrainer;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile series file or workflow input cannot have a worker do. */
class StepPolicyTest {
  private static final Pins NO_PINS = new Pins(Map.of(), Map.of());

  @TempDir private Path temporary;
  private Path models;
  private Path outside;
  private StepPolicy policy;

  @BeforeEach
  void makeFolders() throws IOException {
    Path real = temporary.toRealPath();
    models = Files.createDirectories(real.resolve("models"));
    outside = Files.createDirectories(real.resolve("outside/secret"));
    policy =
        new StepPolicy(
            new Policy(
                Optional.of(List.of(models)),
                Optional.of(List.of("/opt/trl/bin/python", "/opt/tools/", "accelerate")),
                Optional.of(List.of(List.of("accelerate", "launch"))),
                Optional.empty(),
                false));
  }

  @Test
  void aSeriesWithinItsBoundsIsLetThrough() {
    SeriesSpec spec =
        series(
            new FinetuneSpec(
                "trl",
                "/opt/trl/bin/python",
                models.resolve("data").toString(),
                Map.of("max_steps", "10", "trust_remote_code", "false"),
                Map.of("WANDB_PROJECT", "x"),
                null,
                List.of("accelerate", "launch", "--num_processes", "4"),
                4,
                null));
    assertThatCode(() -> policy.check(spec)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "models/../../outside", "relative/path", "/", "a\0b"})
  void pathsThatLeaveTheFoldersAreRefused(String path) {
    String written = path.startsWith("models/") ? models + path.substring(6) : path;
    refused(() -> policy.check(data(written))).startsWith("finetune.data: ");
    refused(() -> policy.check(new FetchInput(context(), written)))
        .contains(path.indexOf(0) < 0 ? written : "not a path");
  }

  @Test
  void linksThatLeadOutAreFollowedAndRefused() throws IOException {
    Path link = Files.createSymbolicLink(models.resolve("m1"), outside);
    refused(() -> policy.check(new FetchInput(context(), link.toString())))
        .contains(link + " leads to " + outside, "allow.folders");
    Path within = Files.createSymbolicLink(models.resolve("up"), temporary.toRealPath());
    refused(() -> policy.check(new FetchInput(context(), within + "/outside/secret/not-yet")))
        .contains("leads to " + outside);
    Path dangling = Files.createSymbolicLink(models.resolve("later"), Path.of("/etc/later"));
    refused(() -> policy.check(new FetchInput(context(), dangling.toString())))
        .contains("leads to /etc/later");
  }

  @Test
  void aStoreOutsideIsRefusedBeforeAnythingIsMadeThere() {
    Path store = outside.resolve("store");
    StepContext context = new StepContext("s", "M1.fetch", store.toString());
    refused(() -> policy.check(new FetchInput(context, models + "/m1"))).startsWith("store: ");
    assertThat(store).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../etc", "a/b", "", ".", "x\ny"})
  void namesThatArePathsAreRefused(String name) {
    refused(() -> policy.check(new FetchInput(context(name, "M1.fetch"), models + "/m")))
        .contains("series");
    refused(() -> policy.check(new FetchInput(context("s", name), models + "/m")))
        .contains("is not the name of one");
  }

  @Test
  void artifactsOfAMergeMustLieInTheFoldersToo() throws IOException {
    Path link = Files.createSymbolicLink(models.resolve("swapped"), outside);
    Artifact good = artifact(models.resolve("m"));
    refused(
            () ->
                policy.check(
                    new MergeInput(context(), good, artifact(link), good, MergeSpec.DEFAULT)))
        .startsWith("merge: finetuned: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bin/sh", "sh", "/opt/tools/../../bin/sh", "/opt/trl/bin/python;id"})
  void programsThatAreNotListedAreRefused(String program) {
    refused(() -> policy.check(custom(program)))
        .startsWith("finetune.command: " + program)
        .contains("allow.programs", "/opt/trl/bin/python");
    refused(() -> policy.check(evaluating(List.of(program, "-c", "id"), Map.of(), Map.of())))
        .startsWith("evaluate: sums.command: " + program);
  }

  @Test
  void programsInAListedFolderAreLetThrough() {
    assertThatCode(() -> policy.check(custom("/opt/tools/train"))).doesNotThrowAnyException();
  }

  @Test
  void launchesMustBeginAsListed() {
    for (List<String> launch :
        List.of(
            List.of("accelerate", "config"), List.of("accelerate"), List.of("bash", "-c", "id"))) {
      FinetuneSpec spec =
          new FinetuneSpec(
              "trl", null, models.toString(), Map.of(), Map.of(), null, launch, 1, null);
      refused(() -> policy.check(series(spec)))
          .startsWith("finetune.launch: ")
          .contains("accelerate launch", "allow.launch");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PATH", "LD_PRELOAD", "PYTHONPATH", "BASH_ENV", "JAVA_TOOL_OPTIONS"})
  void variablesThatChooseCodeAreRefused(String variable) {
    refused(() -> policy.check(evaluating(List.of(), Map.of(variable, "/tmp/x"), Map.of())))
        .startsWith("evaluate: sums.environment: " + variable)
        .contains("allow.variables");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TEMPORAL_API_KEY", "RECYCLER_ENCRYPTION_KEYS"})
  void theWorkersOwnSecretsAreHandedToNobody(String variable) {
    StepPolicy open = new StepPolicy(Policy.ofOwner());
    refused(() -> open.check(evaluating(List.of(), Map.of(variable, ""), Map.of())))
        .contains(variable, "handed to no tool");
  }

  @Test
  void listedVariablesAloneAreLetThrough() {
    StepPolicy listing =
        new StepPolicy(
            new Policy(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(List.of("NCCL_*", "HF_TOKEN")),
                false));
    assertThatCode(
            () ->
                listing.check(
                    evaluating(List.of(), Map.of("NCCL_DEBUG", "INFO", "HF_TOKEN", ""), Map.of())))
        .doesNotThrowAnyException();
    refused(() -> listing.check(evaluating(List.of(), Map.of("AWS_SECRET", ""), Map.of())))
        .contains("AWS_SECRET", "NCCL_*, HF_TOKEN");
  }

  @Test
  void modelsWithCodeAreRefusedAndNamed() throws IOException {
    Path module = Files.createDirectories(models.resolve("module"));
    Files.writeString(module.resolve("modeling_x.py"), "import os");
    refused(() -> policy.checkFetched(fetch(module), artifact(module)))
        .contains("modeling_x.py", "allow.custom-code");
    Path mapped = Files.createDirectories(models.resolve("mapped"));
    Files.writeString(
        mapped.resolve("tokenizer_config.json"),
        "{\"a\": {\"auto_map\": {\"AutoTokenizer\": [\"someone/else--tok.Tok\", null]}}}");
    refused(
            () ->
                policy.check(
                    new FinetuneInput(context(), artifact(mapped), plain(Map.of()), NO_PINS)))
        .contains("tokenizer_config.json", "auto_map");
    StepPolicy trusting = new StepPolicy(Policy.ofOwner().withCustomCode());
    assertThatCode(() -> trusting.checkFetched(fetch(module), artifact(module)))
        .doesNotThrowAnyException();
  }

  @Test
  void toolsAreNotToldToRunCodeOfModels() {
    for (Map<String, String> arguments :
        List.of(
            Map.of("trust_remote_code", "true"),
            Map.of("trust-remote-code", "1"),
            Map.of("model_args", "dtype=float32,trust_remote_code=True"),
            Map.of("model-args", "{\"trust_remote_code\": true}"))) {
      refused(() -> policy.check(series(plain(arguments))))
          .startsWith("finetune.arguments: trust_remote_code");
    }
  }

  private AbstractStringAssert<?> refused(ThrowingCallable check) {
    StepFailed refusal = catchThrowableOfType(StepFailed.class, check);
    assertThat(refusal).as("nothing was refused").isNotNull();
    assertThat(refusal.kind()).isEqualTo(FailureKind.USER);
    return assertThat(refusal.getMessage());
  }

  private StepContext context() {
    return context("s", "M1.fetch");
  }

  private StepContext context(String series, String step) {
    return new StepContext(series, step, models.resolve("store").toString());
  }

  private FetchInput fetch(Path model) {
    return new FetchInput(context(), model.toString());
  }

  private static Artifact artifact(Path folder) {
    return new Artifact(folder.toString(), "digest", null, false);
  }

  private FinetuneSpec plain(Map<String, String> arguments) {
    return new FinetuneSpec("trl", null, models.toString(), arguments, Map.of());
  }

  private SeriesSpec data(String path) {
    return series(new FinetuneSpec("trl", null, path, Map.of(), Map.of()));
  }

  private SeriesSpec custom(String program) {
    return series(
        new FinetuneSpec(
            "command",
            null,
            models.toString(),
            Map.of(),
            Map.of(),
            null,
            List.of(),
            1,
            new CustomTrainer(List.of(program, "{output}"), null, null, null)));
  }

  private SeriesSpec series(FinetuneSpec finetune) {
    return new SeriesSpec(
        "s",
        models.resolve("store").toString(),
        List.of(new Release("M1", models.resolve("m1").toString())),
        List.of(Strategy.PLAIN),
        finetune,
        MergeSpec.DEFAULT,
        List.of());
  }

  private EvaluateInput evaluating(
      List<String> command, Map<String, String> environment, Map<String, String> arguments) {
    EvaluationSpec evaluation =
        new EvaluationSpec(
            "sums",
            "command",
            null,
            "sums",
            null,
            List.of(),
            List.of(),
            Set.of(Subject.BASE),
            arguments,
            environment,
            1,
            command,
            List.of());
    return new EvaluateInput(context(), artifact(models.resolve("m")), evaluation, NO_PINS);
  }
}
