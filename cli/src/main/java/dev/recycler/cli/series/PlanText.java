package dev.recycler.cli.series;

import dev.recycler.activities.preview.Finding;
import dev.recycler.activities.preview.SeriesPreview;
import dev.recycler.activities.preview.StepPreview.State;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Sizes;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plan for a terminal. */
final class PlanText {
  /** Names that are longer have what is said of them on a line of its own. */
  private static final int NAME_COLUMNS = 36;

  private final SeriesPreview preview;
  private final Terminal terminal;
  private final List<String> lines = new ArrayList<>();

  PlanText(SeriesPreview preview, Terminal terminal) {
    this.preview = preview;
    this.terminal = terminal;
  }

  /**
   * The text, every line ending with a line feed.
   *
   * @param all whether every step has its line, also where there are many
   */
  String render(boolean all) {
    List<PlanRows.Row> rows =
        all ? PlanRows.all(preview.steps()) : PlanRows.folded(preview.steps());
    head();
    rows(rows);
    if (rows.size() < preview.steps().size()) {
      lines.add(terminal.paint(Ink.FAINT, "--all lists every step."));
    }
    costs();
    findings();
    return String.join("\n", lines) + "\n";
  }

  private void head() {
    long unknown = preview.count(State.UNKNOWN);
    lines.add(
        terminal.paint(Ink.STRONG, preview.series())
            + "  "
            + preview.steps().size()
            + " steps: "
            + preview.count(State.THERE)
            + " there, "
            + preview.count(State.TO_DO)
            + " to do"
            + (unknown > 0 ? ", " + unknown + " not to be told" : ""));
    lines.add("");
  }

  private void rows(List<PlanRows.Row> rows) {
    int longest = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    int width = Math.min(Math.min(NAME_COLUMNS, terminal.width() / 2), longest);
    for (PlanRows.Row row : rows) {
      String mark =
          switch (row.state()) {
            case THERE -> terminal.paint(Ink.GOOD, terminal.either("✓", "+"));
            case TO_DO -> terminal.either("·", "-");
            case UNKNOWN -> "?";
          };
      Ink ink = row.state() == State.THERE ? Ink.FAINT : Ink.PLAIN;
      List<String> what = new ArrayList<>(Width.wrap(text(row.what()), room(width)));
      String name = mark + " " + Width.left(row.name(), width);
      lines.add(
          row.name().length() > width
              ? name
              : name + "  " + terminal.paint(ink, what.removeFirst()));
      what.forEach(line -> lines.add(" ".repeat(width + 4) + terminal.paint(ink, line)));
    }
  }

  private int room(int width) {
    return Math.max(20, terminal.width() - width - 4);
  }

  private void costs() {
    lines.add("");
    lines.add(
        "Disk       about %s more at the peak, %s free"
            .formatted(Sizes.of(preview.diskBytes()), Sizes.of(preview.freeBytes())));
    if (preview.diskBytes() > preview.freeBytes()) {
      lines.add(terminal.paint(Ink.BAD, "           that is more than there is: make space first"));
    }
    lines.add("Store      " + preview.store());
    String rest =
        preview.unknownCost() == 0
            ? ""
            : preview.unknownCost() + " steps have no like step in this store";
    String hours =
        preview.gpuHours() == null
            ? "not known: " + rest
            : String.format(
                Locale.ROOT,
                "about %.2f, as like steps in this store took%s",
                preview.gpuHours(),
                rest.isEmpty() ? "" : "; " + rest);
    String word = "GPU-hours  ";
    for (String line : Width.wrap(hours, terminal.width() - word.length())) {
      lines.add(word + line);
      word = " ".repeat(word.length());
    }
  }

  /** What is said of several steps is said once. */
  private void findings() {
    record Saying(boolean error, String sentence) {}
    Map<Saying, List<String>> findings = new LinkedHashMap<>();
    for (Finding finding : preview.findings()) {
      findings
          .computeIfAbsent(new Saying(finding.error(), finding.sentence()), _ -> new ArrayList<>())
          .add(finding.step());
    }
    findings.forEach(
        (saying, steps) -> {
          String of =
              steps.size() == 1
                  ? steps.getFirst()
                  : steps.getFirst() + " and " + (steps.size() - 1) + " more";
          finding(saying.error(), of + ": " + saying.sentence());
        });
  }

  private void finding(boolean error, String sentence) {
    String word = error ? terminal.paint(Ink.BAD, "error") + ": " : "note:  ";
    lines.add("");
    for (String line : Width.wrap(text(sentence), terminal.width() - 7)) {
      lines.add(word + line);
      word = " ".repeat(7);
    }
  }

  private String text(String text) {
    return terminal.text(text);
  }
}
