package dev.recycler.cli.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.preview.Finding;
import dev.recycler.activities.preview.SeriesPreview;
import dev.recycler.activities.preview.StepPreview;
import dev.recycler.activities.preview.StepPreview.State;
import dev.recycler.cli.report.FailureSeries;
import dev.recycler.cli.report.Golden;
import dev.recycler.cli.report.SyntheticSeries;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTextTest {
  private static final Terminal PLAIN = Terminal.plain(true, ZoneOffset.UTC);
  private static final long GIB = 1L << 30;

  @Test
  void aSmallPlanHasALineForEveryStep() {
    SeriesPreview plan = plan(SyntheticSeries.five().progress(60), List.of());
    String text = new PlanText(plan, PLAIN).render(false);
    Golden.check("plan/five.txt", text);
    assertThat(text.lines().filter(line -> line.matches("[✓·?] .*"))).hasSize(52);
  }

  @Test
  void aHundredReleasesAreFoldedAndAllIsEveryStep() {
    SeriesPreview plan = plan(SyntheticSeries.many(100).progress(3000), notes());
    String text = new PlanText(plan, PLAIN).render(false);
    Golden.check("plan/hundred.txt", text);
    assertThat(text.lines()).hasSizeLessThan(60).allMatch(line -> Width.of(line) <= 80);
    assertThat(new PlanText(plan, PLAIN).render(true).lines().filter(l -> l.matches("[✓·?] .*")))
        .hasSize(1189);
  }

  @Test
  void everyKindOfTroubleIsToldWithWhatWouldBeRight() {
    Golden.check(
        "plan/troubles.txt",
        new PlanText(plan(FailureSeries.everyKind(), troubles()), PLAIN).render(false));
  }

  @Test
  void noLineIsWiderThanTheTerminalButPaths() {
    SeriesPreview plan = plan(FailureSeries.everyKind(), troubles());
    for (int width : new int[] {60, 80, 120}) {
      for (boolean unicode : new boolean[] {true, false}) {
        Terminal terminal = new Terminal(width, 0, false, unicode, false, ZoneOffset.UTC);
        assertThat(new PlanText(plan, terminal).render(true).lines())
            .allMatch(line -> Width.of(line) <= width, "at most " + width);
        assertThat(new PlanText(plan, terminal).render(true))
            .matches(text -> unicode || text.chars().allMatch(c -> c < 128), "ASCII");
      }
    }
  }

  /** What is done is there, the rest is to do. */
  private static SeriesPreview plan(SeriesProgress progress, List<Finding> findings) {
    List<StepPreview> steps = new ArrayList<>();
    for (StepProgress step : progress.steps()) {
      boolean there = step.state() == StepState.DONE;
      State state =
          there
              ? State.THERE
              : step.failure() != null && step.kind() == StepKind.FETCH
                  ? State.UNKNOWN
                  : State.TO_DO;
      steps.add(
          new StepPreview(
              step.id(),
              step.kind(),
              step.needs(),
              state,
              there ? List.of() : reasons(step, progress.steps()),
              step.id().equals("M5.plain.finetune"),
              there ? step.path() : null,
              null,
              null));
    }
    return new SeriesPreview(
        progress.spec().series(),
        progress.spec().store(),
        steps,
        findings,
        380 * GIB,
        1200 * GIB,
        41.5,
        findings.size());
  }

  private static List<String> reasons(StepProgress step, List<StepProgress> all) {
    List<String> reasons = new ArrayList<>();
    if (step.kind() == StepKind.FINETUNE) {
      reasons.add("recipe changed: learning_rate 5e-6 → 1e-5, max_steps 1000 → 2000");
    }
    all.stream()
        .filter(need -> step.needs().contains(need.id()) && need.state() != StepState.DONE)
        .forEach(need -> reasons.add("needs " + need.id() + ", which is to be done"));
    return reasons.isEmpty() ? List.of("not done yet") : reasons;
  }

  private static List<Finding> notes() {
    List<Finding> notes = new ArrayList<>();
    for (int i = 2; i <= 100; i++) {
      notes.add(
          new Finding(
              false,
              "M" + i + ".direct.merge",
              "the fine-tuned side is float32, the target bfloat16: the sum is rounded once"));
    }
    return notes;
  }

  private static List<Finding> troubles() {
    return List.of(
        new Finding(
            true,
            "M2.direct.merge",
            "tensor model.embed_tokens.weight has 640 rows in M1 and 512 in M2: the merge would be"
                + " refused; \"embeddings: pad\" pads it"),
        new Finding(true, "M4", "/models/M4/model.safetensors is cut off at 1073741824 bytes"),
        new Finding(false, "M1.base.evaluate.sums", "lm-eval is not installed on this machine"));
  }
}
