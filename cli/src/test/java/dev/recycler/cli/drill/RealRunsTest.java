package dev.recycler.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.drill.tool.TinyModel;
import dev.recycler.workflows.spec.Strategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of a drill with TRL and lm-eval: what they are, and what is known of their tools. */
class RealRunsTest {
  private static final RealTools TOOLS =
      new RealTools(new ToolHome(Path.of("/venv/bin/python"), Path.of("/scripts")));
  private static final Expected EXPECTED =
      new Expected(Map.of(), Map.of(), Map.of(), Map.of(), Map.of("a", 60L, "b", 60L));

  @TempDir Path folder;
  private RealRuns runs;

  @BeforeEach
  void makeReleases() throws IOException {
    for (String release : List.of("M1", "M2")) {
      Path model = Files.createDirectories(folder.resolve("mini/releases").resolve(release));
      new TinyModel(new TreeMap<>(Map.of("w", new float[] {1})), release).write(model);
    }
    Files.createDirectories(folder.resolve("mini/tasks"));
    Files.createDirectories(folder.resolve("mini/data/train"));
    Files.writeString(folder.resolve("mini/data/test.jsonl"), "{}");
    runs = new RealRuns(3, TOOLS, new RealSeries(folder.resolve("mini")), EXPECTED);
  }

  @Test
  void everyThirdIsOne() {
    assertThat(LongStream.rangeClosed(1, 9).filter(n -> runs.include((int) n)).boxed())
        .containsExactly(3L, 6L, 9L);
  }

  @Test
  void oneSeedIsOneRunOfTheSameSeries() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      DrillRun.Plan one = plan(seed, "one-" + seed);
      DrillRun.Plan other = plan(seed, "other-" + seed);
      assertThat(one.shape()).isEqualTo(other.shape());
      assertThat(one.schedule()).isEqualTo(other.schedule());
      assertThat(one.series().strategies()).containsExactly(Strategy.DIRECT, Strategy.ITERATIVE);
      assertThat(one.series().finetune().trainer()).isEqualTo("trl");
      assertThat(one.series().releases()).hasSize(one.shape().late() ? 1 : 2);
      assertThat(one.folder().release(2).resolve("tokenizer.json")).hasContent("M2");
    }
  }

  @Test
  void realToolsMeetEveryFaultThatCanBeDoneToThem() throws IOException {
    Set<FaultKind> met =
        LongStream.range(0, 500)
            .mapToObj(seed -> schedule(seed).faults())
            .flatMap(List::stream)
            .map(Fault::kind)
            .collect(Collectors.toSet());
    assertThat(met)
        .contains(
            FaultKind.KILL_WORKER,
            FaultKind.KILL_TRAINER,
            FaultKind.KILL_SERVER,
            FaultKind.CUT_NETWORK,
            FaultKind.POWER_CUT,
            FaultKind.FLIP_ARTIFACT,
            FaultKind.FLIP_CHECKPOINT,
            FaultKind.ADD_RELEASE,
            FaultKind.HALT_AT)
        .doesNotContain(FaultKind.TRAINER_SILENT, FaultKind.KILL_GRANDCHILD, FaultKind.HUB_LIE);
    assertThat(met)
        .containsExactlyInAnyOrderElementsOf(
            List.of(FaultKind.values()).stream().filter(TOOLS::can).toList());
  }

  @Test
  void faultsComeAlsoWhileToolsAreStarted() {
    List<Integer> delays =
        LongStream.range(0, 200)
            .mapToObj(seed -> schedule(seed).faults())
            .flatMap(List::stream)
            .map(Fault::delay)
            .toList();
    assertThat(delays).anyMatch(delay -> delay > 5000).anyMatch(delay -> delay < 400);
  }

  @Test
  void aModelIsTheSameByItsFilesAndNotByWhatLiesBesideThem() throws IOException {
    Path model = model("model", "weights");
    KnownModel known = KnownModel.Digested.of(model);
    Files.writeString(model.resolve("training.log"), "noise");
    assertThat(known.difference(model)).isEmpty();
    assertThat(known.difference(model("other", "weightz")))
        .hasValueSatisfying(how -> assertThat(how).contains("model.safetensors"));
    Files.delete(model.resolve("tokenizer.json"));
    assertThat(known.difference(model))
        .hasValueSatisfying(how -> assertThat(how).contains("tokenizer.json"));
  }

  @Test
  void theBarOfATrainingTellsHowFarItCame() {
    String log =
        "Tokenizing train dataset: 100%|###| 160/160 [00:00<00:00]\n"
            + "  0%|          | 0/60 [00:00<?, ?it/s]\r  5%|5         | 3/60 [00:00<00:05]\r"
            + "{'loss': '1.549'}\r 28%|##8       | 17/60 [00:01<00:04, 9.9it/s]";
    assertThat(Sightings.lastStep(log)).isEqualTo(17);
    assertThat(Sightings.lastStep("importing 7/60")).isEqualTo(-1);
  }

  @Test
  void aTrainingThatBeganAnewIsNotTheOneBeforeIt() {
    Instant begun = Instant.parse("2026-11-22T10:00:00Z");
    List<Sightings.Seen> seen = new ArrayList<>();
    seen.add(sighting(begun.plusMillis(-100), 40));
    seen.add(sighting(begun.plusSeconds(60), 50));

    Sightings.combine(
        seen, new TreeSet<>(List.of(begun, begun.plusSeconds(30), begun.plusSeconds(59))));

    assertThat(seen).extracting(Sightings.Seen::pid).containsExactly(40L, 0L, 50L);
    assertThat(seen)
        .extracting(Sightings.Seen::begun)
        .containsExactly(begun, begun.plusSeconds(30), begun.plusSeconds(59));
  }

  private static Sightings.Seen sighting(Instant time, long pid) {
    return new Sightings.Seen(pid, time, time.plusSeconds(10), 0, -1);
  }

  @Test
  void whatAToolDidIsReadFromItsLogAlsoWhenThatHasComeWithTheArtifact() throws IOException {
    RunFolder run = RunFolder.make(folder.resolve("run"), "drill-1");
    Path attempt = run.store().resolve("work/finetune/ab/attempt-1");
    Files.createDirectories(attempt);
    Files.writeString(
        run.journal().resolve("points-7"),
        "2026-11-22T08:00:00Z supervisor.begun %1$s%n2026-11-22T08:00:01Z supervisor.tool-started %1$s%n"
            .formatted(attempt));
    Accounts sightings = TOOLS.accounts(run, new TimeLine());
    assertThat(sightings.now().tools())
        .singleElement()
        .satisfies(
            tool -> {
              assertThat(tool.kind()).isEqualTo("trainer");
              assertThat(tool.run()).isEqualTo("finetune/ab");
              assertThat(tool.begun()).isEqualTo(Instant.parse("2026-11-22T08:00:01Z"));
              assertThat(tool.started()).isFalse();
            });
    Files.writeString(attempt.resolve("log"), " 42/60 [00:01<00:00]");
    assertThat(sightings.now().steps()).isEqualTo(42);

    Path kept = Files.createDirectories(run.store().resolve("artifacts/finetune/ab/logs"));
    Files.move(attempt.resolve("log"), kept.resolve("attempt-1.log"));
    Files.writeString(kept.resolve("attempt-1.log"), " 60/60 [00:02<00:00]");
    assertThat(sightings.now().tools())
        .singleElement()
        .matches(tool -> tool.done() && tool.reached() == 60);
    // What was seen once is not forgotten with the artifact.
    Files.delete(kept.resolve("attempt-1.log"));
    assertThat(sightings.now().steps()).isEqualTo(60);
  }

  @Test
  void helpNamesEveryGroup() {
    assertThat(new FaultNames())
        .contains("disk", "hub", "points", "all", "none")
        .hasSize(FaultKind.Group.values().length + 2);
  }

  private Path model(String name, String weights) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    Files.writeString(model.resolve("model.safetensors"), weights);
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    return model;
  }

  private Schedule schedule(long seed) {
    try {
      return plan(seed, "run-" + seed).schedule();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DrillRun.Plan plan(long seed, String name) throws IOException {
    return runs.plan(seed, List.of(FaultKind.values()), folder.resolve(name), Places.ofProcess());
  }
}
