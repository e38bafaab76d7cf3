package dev.recycler.cli.series;

import dev.recycler.activities.preview.Finding;
import dev.recycler.activities.preview.SeriesPreview;
import dev.recycler.activities.preview.StepPreview;
import dev.recycler.activities.preview.StepPreview.State;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.workflows.progress.StepKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan for a terminal. */
final class PlanText {
  private static final double GIB = 1L << 30;

  private final SeriesPreview preview;
  private final Terminal terminal;
  private final List<String> lines = new ArrayList<>();

  PlanText(SeriesPreview preview, Terminal terminal) {
    this.preview = preview;
    this.terminal = terminal;
  }

  String render() {
    head();
    steps();
    costs();
    findings();
    return String.join("\n", lines) + "\n";
  }

  private void head() {
    long there = preview.count(State.THERE);
    long unknown = preview.count(State.UNKNOWN);
    lines.add(
        terminal.paint(Ink.STRONG, preview.series())
            + "  "
            + preview.steps().size()
            + " steps: "
            + there
            + " there, "
            + preview.count(State.TO_DO)
            + " to do"
            + (unknown > 0 ? ", " + unknown + " not to be told" : ""));
    lines.add("");
  }

  private void steps() {
    int width = preview.steps().stream().mapToInt(step -> step.id().length()).max().orElse(0);
    for (StepPreview step : preview.steps()) {
      String mark =
          switch (step.state()) {
            case THERE -> terminal.either("✓", "+");
            case TO_DO -> terminal.either("·", "-");
            case UNKNOWN -> "?";
          };
      String what =
          step.state() == State.THERE
              ? terminal.paint(Ink.FAINT, there(step))
              : String.join("; ", reasons(step))
                  + (step.begun() ? "; begun, goes on from its last checkpoint" : "");
      lines.add(mark + " " + Width.left(step.id(), width) + "  " + text(what));
    }
  }

  private static String there(StepPreview step) {
    return step.kind() == StepKind.FETCH
        ? step.path()
        : step.reasons().isEmpty() ? "in the store" : String.join("; ", step.reasons());
  }

  /** The first thing that has to come before says enough. */
  private static List<String> reasons(StepPreview step) {
    List<String> needs =
        step.reasons().stream().filter(reason -> reason.startsWith("needs ")).toList();
    return needs.size() < 2
        ? step.reasons()
        : step.reasons().stream()
            .filter(reason -> !needs.contains(reason) || reason.equals(needs.getLast()))
            .toList();
  }

  private void costs() {
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Disk       about %.1f GiB more at the peak, %.1f GiB free for %s",
            preview.diskBytes() / GIB,
            preview.freeBytes() / GIB,
            preview.store()));
    if (preview.diskBytes() > preview.freeBytes()) {
      lines.add(terminal.paint(Ink.BAD, "           that is more than there is: make space first"));
    }
    String rest =
        preview.unknownCost() == 0
            ? ""
            : preview.unknownCost() + " steps have no like step in this store";
    if (preview.gpuHours() == null) {
      lines.add("GPU-hours  not known: " + rest);
    } else {
      lines.add(
          String.format(
              Locale.ROOT,
              "GPU-hours  about %.2f, as like steps in this store took%s",
              preview.gpuHours(),
              rest.isEmpty() ? "" : "; " + rest));
    }
  }

  private void findings() {
    for (Finding finding : preview.findings()) {
      String word = finding.error() ? terminal.paint(Ink.BAD, "error") : "note";
      lines.add("");
      List<String> wrapped =
          Width.wrap(
              text(finding.step() + ": " + finding.sentence()), Math.max(20, terminal.width() - 7));
      for (int i = 0; i < wrapped.size(); i++) {
        lines.add((i == 0 ? word + (finding.error() ? ": " : ":  ") : "       ") + wrapped.get(i));
      }
    }
  }

  private String text(String text) {
    return terminal.unicode() ? text : text.replace("→", "->").replace("·", "-");
  }
}
