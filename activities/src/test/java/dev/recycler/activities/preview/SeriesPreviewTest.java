package dev.recycler.activities.preview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.preview.StepPreview.State;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.spec.SeriesFile;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A series that is in the store as a whole, and what a change makes of its plan. */
class SeriesPreviewTest {
  private static final String FILE =
      """
      series: toy
      store: store
      releases:
        - {name: M1, model: m1}
        - {name: M2, model: m2}
      strategies: [plain, direct]
      finetune:
        trainer: trl
        data: data
        arguments: {learning_rate: 5e-6, max_steps: 100, seed: 1}
        environment: {OMP_NUM_THREADS: 1}
      merge: {scale: 1.0}
      evaluate:
        - name: sums
          harness: lm-eval
          task: sums
          include: tasks
          of: [base, merged, finetuned]
          arguments: {batch_size: 64}
      """;

  private static final List<String> TRAININGS =
      List.of("M1.plain.finetune", "M2.plain.finetune", "M2.direct.finetune");

  private static final List<String> SCORES =
      List.of(
          "M1.base.evaluate.sums",
          "M1.plain.finetuned.evaluate.sums",
          "M2.base.evaluate.sums",
          "M2.plain.finetuned.evaluate.sums",
          "M2.direct.merged.evaluate.sums",
          "M2.direct.finetuned.evaluate.sums");

  /**
   * A change and what it must lead to.
   *
   * @param reasons the only reason of some steps, other than that they need one that is to be done
   * @param toDo how many steps are to be done in all
   */
  record Change(String name, Edit edit, Map<List<String>, String> reasons, long toDo) {
    @Override
    public String toString() {
      return name;
    }
  }

  interface Edit {
    /** Changes files of the series, or its file. */
    String of(FinishedSeries series, String file) throws IOException;
  }

  private static Change change(
      String name, String from, String to, List<String> steps, String reason, long toDo) {
    return new Change(name, (_, file) -> replaced(file, from, to), Map.of(steps, reason), toDo);
  }

  private static Change nothing(String name, Edit edit) {
    return new Change(name, edit, Map.of(), 0);
  }

  /** All trainings, the merge, and the scores of what they make. */
  private static final long ALL_TRAINED = 3 + 1 + 4;

  static final List<Change> CHANGES =
      List.of(
          change(
              "a learning rate",
              "learning_rate: 5e-6",
              "learning_rate: 1e-5",
              TRAININGS,
              "recipe changed: learning_rate 5e-6 → 1e-5",
              ALL_TRAINED),
          change(
              "a flag more",
              "seed: 1}",
              "seed: 1, packing: true}",
              TRAININGS,
              "recipe changed: packing none → true",
              ALL_TRAINED),
          change(
              "a flag less",
              ", seed: 1}",
              "}",
              TRAININGS,
              "recipe changed: seed 1 → none",
              ALL_TRAINED),
          change(
              "two flags",
              "max_steps: 100, seed: 1",
              "max_steps: 200, seed: 2",
              TRAININGS,
              "recipe changed: max_steps 100 → 200, seed 1 → 2",
              ALL_TRAINED),
          change(
              "the trainer",
              "trainer: trl",
              "trainer: trl-dpo",
              TRAININGS,
              "recipe changed: trainer trl → trl-dpo",
              ALL_TRAINED),
          change(
              "the devices",
              "data: data",
              "data: data\n  resources: {gpus: 2}",
              TRAININGS,
              "recipe changed: gpus none → 2",
              ALL_TRAINED),
          change(
              "the launcher",
              "data: data",
              "data: data\n  launch: srun",
              TRAININGS,
              "recipe changed: launch none → [\"srun\"]",
              ALL_TRAINED),
          change(
              "a variable",
              "OMP_NUM_THREADS: 1",
              "OMP_NUM_THREADS: 2",
              TRAININGS,
              "environment changed: OMP_NUM_THREADS 1 → 2",
              ALL_TRAINED),
          new Change(
              "the content of the data",
              (series, file) -> {
                series.write("data/train.jsonl", "{} ");
                return file;
              },
              Map.of(TRAININGS, "data changed"),
              ALL_TRAINED),
          new Change(
              "the version of a tool",
              (series, file) -> {
                series.python("trl 1.17.0, transformers 5.23.0, torch 2.16.0");
                return file;
              },
              Map.of(
                  TRAININGS,
                  "tools changed: trl 1.16.0 → 1.17.0, torch 2.15.0 → 2.16.0",
                  SCORES,
                  "tools changed: trl 1.16.0 → 1.17.0, torch 2.15.0 → 2.16.0"),
              3 + 1 + 6),
          new Change(
              "a byte of a tokenizer",
              (series, file) -> {
                series.write("m2/tokenizer.json", "{ }");
                return file;
              },
              Map.of(
                  List.of("M2.plain.finetune"), "files changed in FOLDER/m2",
                  List.of("M2.direct.merge"), "files changed in FOLDER/m2",
                  List.of("M2.base.evaluate.sums"), "files changed in FOLDER/m2"),
              2 + 1 + 4),
          new Change(
              "a release's weights",
              (series, file) -> {
                series.weights("m1", 9, 2);
                return file;
              },
              Map.of(
                  List.of("M1.plain.finetune"), "files changed in FOLDER/m1",
                  List.of("M1.base.evaluate.sums"), "files changed in FOLDER/m1"),
              2 + 1 + 4),
          new Change(
              "a release's model",
              (_, file) -> replaced(file, "model: m1", "model: m3"),
              Map.of(
                  List.of("M1.plain.finetune"),
                  "another start model: FOLDER/m3",
                  List.of("M1.base.evaluate.sums"),
                  "another model: FOLDER/m3"),
              2 + 1 + 4),
          change(
              "λ",
              "scale: 1.0",
              "scale: 0.5",
              List.of("M2.direct.merge"),
              "merge changed: scale 1.0 → 0.5",
              1 + 1 + 2),
          change(
              "how a merge reads",
              "scale: 1.0",
              "load: bfloat16",
              List.of("M2.direct.merge"),
              "merge changed: load stored → bfloat16",
              1 + 1 + 2),
          change(
              "what a merge writes",
              "scale: 1.0",
              "dtype: bfloat16",
              List.of("M2.direct.merge"),
              "merge changed: dtype target's → bfloat16",
              1 + 1 + 2),
          change(
              "the task",
              "task: sums",
              "task: sums-hard",
              SCORES,
              "evaluation changed: task sums → sums-hard",
              6),
          change(
              "the metric",
              "task: sums",
              "task: sums\n    metric: acc",
              SCORES,
              "evaluation changed: metric none → acc",
              6),
          change(
              "a harness's flag",
              "batch_size: 64",
              "batch_size: 8",
              SCORES,
              "evaluation changed: batch_size 64 → 8",
              6),
          new Change(
              "a task's definition",
              (series, file) -> {
                series.write("tasks/sums.yaml", "task: sums # mended");
                return file;
              },
              Map.of(SCORES, "task definitions changed"),
              6),
          new Change(
              "one more release",
              (_, file) -> replaced(file, "model: m2}", "model: m2}\n  - {name: M3, model: m3}"),
              Map.of(List.of("M3.plain.finetune"), "not done yet"),
              2 + 1 + 4),
          new Change(
              "one more strategy",
              (_, file) -> replaced(file, "[plain, direct]", "[plain, direct, plain-cumulative]"),
              Map.of(
                  List.of("M2.plain-cumulative.finetune"),
                  "not done yet; the nearest there is: recipe changed: max_steps 100 → 200"),
              2),
          nothing("the name of a release", (_, file) -> file.replace("name: M1", "name: One")),
          nothing("the name of the series", (_, file) -> file.replace("series: toy", "series: b")),
          nothing("the name of a score", (_, file) -> file.replace("name: sums", "name: other")),
          nothing(
              "the order of keys",
              (_, file) ->
                  replaced(
                      file,
                      "{learning_rate: 5e-6, max_steps: 100, seed: 1}",
                      "{seed: 1, max_steps: 100, learning_rate: 5e-6}")),
          nothing(
              "the order of strategies",
              (_, file) -> replaced(file, "[plain, direct]", "[direct, plain]")),
          nothing(
              "one strategy less",
              (_, file) -> replaced(file, "[plain, direct]", "[plain]").replace("merged, ", "")),
          nothing(
              "where a release lies",
              (series, file) -> {
                copy(series.folder().resolve("m1"), series.folder().resolve("elsewhere"));
                return replaced(file, "model: m1", "model: elsewhere");
              }),
          nothing(
              "a target that ends trainings",
              (_, file) ->
                  file + "gates: [{after: checkpoint, when: \"sums >= 0.9\", then: stop}]\n"),
          nothing("how much is kept", (_, file) -> file + "keep: {merged: 1}\n"),
          nothing("a watch", (_, file) -> file + "watch: {hub: org/tiny, revisions: \"v*\"}\n"),
          nothing(
              "another worker",
              (series, file) -> {
                series.moveTools("worker-2");
                return file;
              }),
          nothing(
              "a model card",
              (series, file) -> {
                series.write("m1/README.md", "# A model");
                return file;
              }));

  @TempDir Path folder;
  private FinishedSeries series;

  @BeforeEach
  void setUp() throws IOException, InterruptedException {
    series = new FinishedSeries(folder);
    series.finish(spec(FILE));
  }

  @Test
  void aFinishedSeriesHasNothingToDo() throws IOException, InterruptedException {
    SeriesPreview preview = series.preview(spec(FILE));
    assertThat(toDo(preview)).isEmpty();
    assertThat(preview.diskBytes()).isZero();
    assertThat(preview.gpuHours()).isZero();
    assertThat(preview.findings()).noneMatch(Finding::error);
  }

  @ParameterizedTest
  @FieldSource("CHANGES")
  void aChangeRedoesExactlyWhatItShouldAndSaysWhy(Change change)
      throws IOException, InterruptedException {
    SeriesPreview preview = series.preview(spec(change.edit().of(series, FILE)));
    Map<String, StepPreview> toDo = toDo(preview);
    assertThat(toDo).as(toDo.toString()).hasSize((int) change.toDo());
    change
        .reasons()
        .forEach(
            (steps, reason) -> {
              for (String step : steps) {
                assertThat(ownReasons(toDo.get(step)))
                    .as(step)
                    .containsExactly(reason.replace("FOLDER", folder.toString()));
              }
            });
    // Every other step is only done again for one that it needs.
    List<String> explained = change.reasons().keySet().stream().flatMap(List::stream).toList();
    toDo.values().stream()
        .filter(step -> !explained.contains(step.id()))
        .filter(step -> !step.reasons().equals(List.of("not done yet")))
        .forEach(
            step -> assertThat(step.reasons()).isNotEmpty().allMatch(r -> r.startsWith("needs ")));
  }

  @Test
  void thereAreEnough() {
    assertThat(CHANGES).hasSizeGreaterThanOrEqualTo(15);
  }

  @Test
  void hoursComeFromLikeStepsAndAreScaledByTheirLength() throws IOException, InterruptedException {
    SeriesPreview preview =
        series.preview(spec(replaced(FILE, "max_steps: 100", "max_steps: 400")));
    Map<String, StepPreview> toDo = toDo(preview);
    assertThat(toDo.get("M1.plain.finetune").gpuSeconds()).isEqualTo(4 * 7200.0);
    assertThat(preview.gpuHours()).isEqualTo((3 * 4 * 7200 + 4 * 60) / 3600.0);
    assertThat(preview.unknownCost()).isZero();
  }

  @Test
  void hoursOfStepsUnlikeAnyAreUnknown() throws IOException, InterruptedException {
    SeriesPreview preview =
        series.preview(spec(replaced(FILE, "seed: 1}", "seed: 1, max_length: 9}")));
    assertThat(toDo(preview).get("M1.plain.finetune").gpuSeconds()).isNull();
    assertThat(preview.unknownCost()).isEqualTo(3);
  }

  @Test
  void diskIsThatOfModelsCheckpointsAndTheOptimizer() throws IOException, InterruptedException {
    SeriesPreview preview =
        series.preview(spec(replaced(FILE, "max_steps: 100", "max_steps: 100, save_steps: 50")));
    // 4 numbers in float32, the model and one checkpoint, three trainings; the merge; AdamW.
    long training = 2 * 16;
    long merged = toDo(preview).get("M2.direct.merge").bytes();
    assertThat(merged).isGreaterThanOrEqualTo(16);
    assertThat(preview.diskBytes()).isEqualTo(3 * training + merged + 2 * training);
  }

  @Test
  void theDiskOfModelsOnAHubIsNotPassedOffAsNone() throws IOException, InterruptedException {
    SeriesPreview preview =
        series.preview(spec(replaced(FILE, "model: m2", "model: hf://org/m2@main")));
    assertThat(preview.findings())
        .contains(
            Finding.note(
                "disk",
                "M2: on a hub, not looked at; the disk that is told of counts neither them nor what is made from them"));
    assertThat(series.preview(spec(FILE)).findings()).isEmpty();
  }

  @Test
  void modelsThatDoNotFitAreAnErrorBeforeAnythingRuns() throws IOException, InterruptedException {
    series.write("m2/config.json", "{}");
    Files.write(
        folder.resolve("m2/model.safetensors"),
        Files.readString(folder.resolve("m2/model.safetensors"), StandardCharsets.ISO_8859_1)
            .replace("\"w\"", "\"v\"")
            .getBytes(StandardCharsets.ISO_8859_1));
    SeriesSpec spec = spec(FILE);
    assertThat(series.preview(spec).findings().getFirst())
        .satisfies(
            finding -> {
              assertThat(finding.error()).isTrue();
              assertThat(finding.step()).isEqualTo("M2.direct.merge");
              assertThat(finding.sentence()).contains("v", "w");
            });
    assertThat(SeriesPreview.errors(spec)).hasSize(1);
    assertThat(
            SeriesPreview.errors(
                spec(replaced(FILE, "[plain, direct]", "[plain]").replace("merged, ", ""))))
        .as("nothing is merged")
        .isEmpty();
  }

  @Test
  void whatScoresThatAreThereDecideIsTold() throws IOException, InterruptedException {
    String gate =
        FILE.replace("of: [base, merged, finetuned]", "of: merged")
            + "gates: [{after: merged, when: \"sums >= %s\", then: %s}]\n";
    // Every score of the finished series is 0.5.
    assertThat(step(gate.formatted("0.4", "skip-finetune"), "M2.direct.finetune").reasons())
        .containsExactly("not trained: sums is 0.5000: sums >= 0.4");
    assertThat(step(gate.formatted("0.6", "skip-finetune"), "M2.direct.gate"))
        .extracting(StepPreview::state, StepPreview::reasons)
        .containsExactly(State.THERE, List.of("sums is 0.5000, not beyond noise sums >= 0.6"));
    assertThat(step(gate.formatted("0.4", "approve"), "M2.direct.gate").reasons())
        .containsExactly("waits for a person: sums is 0.5000: sums >= 0.4");
    assertThat(
            step(
                    replaced(FILE, "{scale: 1.0}", "{scale: [0.5, 1.0], choose-by: sums}"),
                    "M2.direct.choose")
                .reasons())
        .containsExactly("decided by scores that are to be taken");
  }

  private StepPreview step(String file, String id) throws IOException, InterruptedException {
    return series.preview(spec(file)).steps().stream()
        .filter(step -> step.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void tokenizersThatDifferAreTold() throws IOException, InterruptedException {
    series.write("m2/tokenizer.json", "{\"more\": 1}");
    assertThat(series.preview(spec(FILE)).findings())
        .anyMatch(
            finding ->
                finding.step().equals("M2")
                    && finding
                        .sentence()
                        .startsWith("its tokenizer (tokenizer.json) is not that of M1"));
  }

  @Test
  void aStoreThatIsNotThereYetIsNotMade() throws IOException, InterruptedException {
    SeriesSpec spec = spec(replaced(FILE, "store: store", "store: fresh"));
    SeriesPreview preview = series.preview(spec);
    assertThat(folder.resolve("fresh")).doesNotExist();
    assertThat(preview.steps().stream().filter(s -> s.kind() == StepKind.FINETUNE))
        .allSatisfy(step -> assertThat(step.reasons()).containsExactly("not done yet"));
  }

  @Test
  void withoutToolsTrainingsCanNotBeTold() throws IOException, InterruptedException {
    SeriesPreview preview = SeriesPreview.of(spec(FILE), Optional.empty(), () -> {});
    assertThat(preview.steps())
        .filteredOn(step -> step.id().equals("M1.plain.finetune"))
        .allSatisfy(step -> assertThat(step.state()).isEqualTo(State.UNKNOWN));
  }

  @Test
  void linesAndPublicationsAreStepsLikeOthers() throws IOException, InterruptedException {
    SeriesPreview preview =
        series.preview(
            spec(
                FILE
                    + "connectivity: {points: 1, by: sums}\n"
                    + "publish: {to: \"out/{release}\", strategies: plain}\n"));
    assertThat(toDo(preview).keySet())
        .containsExactlyInAnyOrder(
            "M2.line-from-M1.x0.5.merge",
            "M2.line-from-M1.x0.5.merged.evaluate.sums",
            "M1.plain.publish",
            "M2.plain.publish");
    assertThat(toDo(preview).get("M2.plain.publish").reasons())
        .containsExactly("looked at when it is due: " + folder.resolve("out/M2"));
  }

  private static List<String> ownReasons(StepPreview step) {
    return step.reasons().stream().filter(reason -> !reason.startsWith("needs ")).toList();
  }

  /** What is to be done; what is done at every start is no news. */
  private static Map<String, StepPreview> toDo(SeriesPreview preview) {
    Map<String, StepPreview> toDo = new TreeMap<>();
    preview.steps().stream()
        .filter(step -> step.state() == State.TO_DO && step.kind() != StepKind.PREPARE)
        .forEach(step -> toDo.put(step.id(), step));
    return toDo;
  }

  private SeriesSpec spec(String text) {
    SeriesFile file = SeriesFile.parse(text, "series.yaml", surroundings());
    assertThat(file.problems()).isEmpty();
    return file.spec();
  }

  private static String replaced(String text, String from, String to) {
    assertThat(text).contains(from);
    return text.replace(from, to);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private Surroundings surroundings() {
    return new Surroundings() {
      @Override
      public Path folder() {
        return folder;
      }

      @Override
      public Path home() {
        return folder;
      }

      @Override
      public String variable(String name) {
        return null;
      }

      @Override
      public Kind kind(Path path) {
        return Files.isDirectory(path)
            ? Kind.FOLDER
            : Files.exists(path) ? Kind.FILE : Kind.NOTHING;
      }

      @Override
      public List<String> names(Path place) {
        try (Stream<Path> files = Files.list(place)) {
          return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
          return List.of();
        }
      }

      @Override
      public boolean writable(Path place) {
        return true;
      }
    };
  }
}
