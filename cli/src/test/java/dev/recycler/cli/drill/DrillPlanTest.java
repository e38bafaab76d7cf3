package dev.recycler.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.console.Places;
import dev.recycler.cli.drill.tool.Arithmetic;
import dev.recycler.cli.drill.tool.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run of a drill is follows from its seed, and its oracle computes what it must give. */
class DrillPlanTest {
  @TempDir Path folder;

  @Test
  void oneSeedIsOneRun() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      DrillRun.Plan one = plan(seed, "one-" + seed);
      DrillRun.Plan other = plan(seed, "other-" + seed);
      assertThat(one.shape()).isEqualTo(other.shape());
      assertThat(one.schedule()).isEqualTo(other.schedule());
      assertThat(one.expected().scores()).isEqualTo(other.expected().scores());
      assertThat(one.expected().scores()).isNotEmpty();
    }
  }

  @Test
  void allFaultsAreMet() throws IOException {
    TreeMap<FaultKind, Integer> met = new TreeMap<>();
    for (long seed = 0; seed < 2000; seed++) {
      plan(seed, "run").schedule().faults().forEach(f -> met.merge(f.kind(), 1, Integer::sum));
    }
    assertThat(met.keySet()).containsExactlyInAnyOrder(FaultKind.values());
  }

  @Test
  void everyStepOfATrainingShowsInItsResult() {
    TinyModel start =
        new TinyModel(new TreeMap<>(Map.of("w", new float[] {1, -2, 0.5f})), "tokens");
    float[] ten = Arithmetic.train(start, 7, 10).model().tensors().get("w");
    assertThat(ten).isNotEqualTo(Arithmetic.train(start, 7, 9).model().tensors().get("w"));
    assertThat(ten).isNotEqualTo(Arithmetic.train(start, 8, 10).model().tensors().get("w"));
    TinyModel other = new TinyModel(start.tensors(), "other tokens");
    assertThat(Arithmetic.score(start, "t")).isNotEqualTo(Arithmetic.score(other, "t"));
  }

  @Test
  void aModelIsReadAsItWasWritten() throws IOException {
    TinyModel model =
        new TinyModel(new TreeMap<>(Map.of("a", new float[] {1.5f}, "b", new float[3])), "{}");
    model.write(Files.createDirectories(folder.resolve("model")));
    TinyModel read = TinyModel.read(folder.resolve("model"));
    assertThat(read.tensors().get("a")).containsExactly(1.5f);
    assertThat(read.tensors().get("b")).containsExactly(0, 0, 0);
  }

  private DrillRun.Plan plan(long seed, String name) throws IOException {
    return DrillRun.Plan.of(
        seed, List.of(FaultKind.values()), folder.resolve(name), Places.ofProcess());
  }
}
