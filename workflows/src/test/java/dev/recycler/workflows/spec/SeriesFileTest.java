package dev.recycler.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesFileTest {
  private static final Path GOOD = Path.of("src/test/resources/good-series");

  @Test
  void readsEveryKey() throws IOException {
    assertThat(read("full.yaml"))
        .isEqualTo(
            new SeriesSpec(
                "toy-1",
                "/proj/store",
                List.of(
                    new Release("M1", "/models/m1"),
                    new Release("M2", "/models/m2"),
                    new Release("M4", "/home/ada/models/m4")),
                List.of(Strategy.ITERATIVE, Strategy.DIRECT, Strategy.PLAIN),
                new FinetuneSpec(
                    "trl",
                    "/opt/venv/bin/python",
                    "/proj/data/train",
                    Map.of(
                        "learning_rate", "5e-6",
                        "max_steps", "0010",
                        "use_cpu", "true",
                        "chat_template_path", "a b",
                        "note", "${HOME}"),
                    Map.of("TOKENIZERS_PARALLELISM", "false", "CACHE", "/models/cache")),
                new MergeSpec(0.5, "bfloat16", "float32"),
                List.of(
                    new EvaluationSpec(
                        "sums",
                        "lm-eval",
                        "/opt/venv/bin/python",
                        "toy",
                        "exact_match,final-answer",
                        List.of("/proj/tasks"),
                        List.of("/proj/data/test.jsonl"),
                        EnumSet.allOf(Subject.class),
                        Map.of("batch_size", "64", "apply_chat_template", "true"),
                        Map.of("OMP_NUM_THREADS", "1")),
                    task("gsm8k-tulu", "gsm8k::tulu"),
                    task("arc", "arc"))));
  }

  @Test
  void readsTransfersOfPublishedModelsThatTrainNothing() throws IOException {
    SeriesSpec spec = read("transfers.yaml");

    assertThat(spec.models()).containsExactly(new Release("L30-Instruct", "/models/m3"));
    assertThat(spec.strategies()).isEmpty();
    assertThat(spec.finetune()).isNull();
    assertThat(spec.transfers())
        .containsExactly(
            new TransferSpec(
                "L31.from-L30-Instruct", "L30-Instruct", false, "L30", "L31", List.of(), false),
            new TransferSpec(
                "half", "L30-Instruct", false, "L30", "L31", List.of(0.5, 0.75), false));
  }

  @Test
  void readsWhatASeriesDoesOfItself() throws IOException {
    SeriesSpec spec = read("standing.yaml");

    assertThat(spec.gates())
        .containsExactly(new GateSpec(new Condition("sums", ">=", 0.75, 1), GateSpec.Then.STOP));
    assertThat(spec.connectivity())
        .isEqualTo(new ConnectivitySpec(List.of(0.25, 0.5, 0.75), List.of("sums")));
    assertThat(spec.watch()).isEqualTo(new WatchSpec("org/tiny", "stage2-*", 1800));
    assertThat(spec.publish())
        .isEqualTo(
            new PublishSpec(
                "hf://my-org/tiny-{release}-{strategy}",
                List.of(Strategy.ITERATIVE, Strategy.PLAIN),
                "bfloat16",
                "apache-2.0",
                List.of("org/sums"),
                true));
    assertThat(spec.publish().place("M2", Strategy.PLAIN)).isEqualTo("hf://my-org/tiny-M2-plain");
    assertThat(spec.keep()).isEqualTo(new KeepSpec(2));
  }

  @Test
  void aWatchKnowsItsRevisionsAndNamesReleasesAfterThem() {
    WatchSpec watch = new WatchSpec("org/tiny", "stage?-step*.0", 60);

    assertThat(watch.matches("stage2-step5.0")).isTrue();
    assertThat(watch.matches("stage2-step5-0")).isFalse();
    assertThat(watch.matches("stage-step5.0")).isFalse();
    assertThat(watch.nameOf("stage2/step5.0+b")).isEqualTo("stage2-step5-0-b");
    assertThat(watch.nameOf("x".repeat(70))).hasSize(64);
  }

  @Test
  void readsWhatIsDecidedByScores() throws IOException {
    SeriesSpec spec = read("decisions.yaml");

    assertThat(spec.choice()).isEqualTo(new ScaleChoice(List.of(0.5, 0.75, 1.0), "sums"));
    assertThat(spec.gates())
        .containsExactly(
            new GateSpec(new Condition("sums", ">=", 0.75, 2), GateSpec.Then.SKIP_FINETUNE),
            new GateSpec(null, GateSpec.Then.APPROVE));
  }

  @Test
  void aRecipeIsMadeLongerByTheFlagsThatSayHowLong() {
    FinetuneSpec recipe =
        new FinetuneSpec(
            "trl",
            null,
            "/data",
            Map.of("max-steps", "-1", "num_train_epochs", "1.5", "save_steps", "10"),
            Map.of());
    assertThat(recipe.times(4).arguments())
        .isEqualTo(Map.of("max-steps", "-1", "num_train_epochs", "6", "save_steps", "10"));
    assertThat(recipe.saysLength()).isTrue();
    assertThat(recipe.times(1)).isSameAs(recipe);
  }

  @Test
  void readsProgramsOfTheUsersOwn() throws IOException {
    SeriesSpec spec = read("command.yaml");

    FinetuneSpec finetune = spec.finetune();
    assertThat(finetune.custom())
        .isEqualTo(
            new CustomTrainer(
                List.of("train", "--from={model}", "a b; c", "--resume={resume_from}", "{output}"),
                "step (?<step>[0-9]+)/(?<total>[0-9]+)",
                "step-{step}",
                "DONE"));
    assertThat(finetune.launch()).containsExactly("srun", "--gpus", "4");
    assertThat(finetune.gpus()).isEqualTo(4);
    assertThat(finetune.limits()).isEqualTo(new TimeLimits(1800L, 259_200L, 90L));
    assertThat(spec.evaluate().getFirst().limits()).isEqualTo(TimeLimits.NONE);
    assertThat(spec.evaluate().getFirst().command())
        .containsExactly("score", "{model}", "{task}", "{output}");
    assertThat(spec.evaluate().getFirst().gpus()).isEqualTo(2);
  }

  @Test
  void keepsTheOrderInWhichArgumentsAreWritten() throws IOException {
    assertThat(read("full.yaml").finetune().arguments().keySet())
        .containsExactly("learning_rate", "max_steps", "use_cpu", "chat_template_path", "note");
  }

  @Test
  void fillsInThePapersDefaults() throws IOException {
    SeriesSpec spec = read("least.yaml");
    assertThat(spec.strategies()).containsExactly(Strategy.ITERATIVE);
    assertThat(spec.merge()).isEqualTo(new MergeSpec(1.0, "stored", null));
    assertThat(spec.evaluate()).isEmpty();
  }

  @Test
  void readsAnchorsAndWindowsLineEnds() throws IOException {
    String text =
        Files.readString(GOOD.resolve("least.yaml"))
            .replace("data: data/train", "data: &d data/train, arguments: {again: *d}")
            .replace("\n", "\r\n");
    SeriesFile file = SeriesFile.parse(text, "series.yaml", new ImaginaryMachine());
    assertThat(file.problems()).isEmpty();
    assertThat(file.spec().finetune().arguments()).containsEntry("again", "data/train");
  }

  @Test
  void survivesTextThatIsMadeToHurt() {
    assertRefused("[".repeat(100_000), "nested more than 32 deep");
    assertRefused("a: &a [x]\nb: [" + "*a,".repeat(2_000) + "]", "more than 1000 aliases");
    assertRefused("x".repeat(2_000_000), "larger than 1 MiB");
    assertRefused("a: &a [*a]", "series.yaml:1:1");
    assertRefused("releases: &r\n  - *r\n", "must be a mapping");
  }

  private static void assertRefused(String text, String part) {
    assertThat(SeriesFile.parse(text, "series.yaml", new ImaginaryMachine()).problems())
        .isNotEmpty()
        .anySatisfy(problem -> assertThat(problem.toString()).contains(part));
  }

  private static EvaluationSpec task(String name, String task) {
    return new EvaluationSpec(
        name,
        "lm-eval",
        null,
        task,
        null,
        List.of(),
        List.of(),
        EnumSet.of(Subject.FINETUNED),
        Map.of(),
        Map.of());
  }

  private static SeriesSpec read(String name) throws IOException {
    SeriesFile file =
        SeriesFile.parse(Files.readString(GOOD.resolve(name)), name, new ImaginaryMachine());
    assertThat(file.problems()).isEmpty();
    return file.spec();
  }
}
