package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Durations;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Line;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report for a terminal. Only paths may be longer than it is wide: they are to be copied. */
final class TerminalReport {
  private static final int LONGEST_BAR = 32;

  private final Report report;
  private final Terminal terminal;
  private final List<String> lines = new ArrayList<>();

  TerminalReport(Report report, Terminal terminal) {
    this.report = report;
    this.terminal = terminal;
  }

  String render() {
    head();
    report.tables().forEach(this::table);
    report.transfers().forEach(this::transfers);
    report.convergence().forEach(this::convergence);
    connectivity();
    sentences("What holds", report.findings());
    sentences(
        "Failed",
        report.failures().stream()
            .map(f -> f.step() + ": " + (f.failure() == null ? "no reason given" : f.failure()))
            .toList());
    costs();
    sentences(
        "What recycling saved: own steps to the score that plain fine-tuning ends with",
        report.savings().stream()
            .map(saving -> saving.text(report.scale(saving.evaluation())))
            .toList());
    models();
    sentences("How to read this", report.notes());
    return String.join("\n", lines) + "\n";
  }

  private void head() {
    String state = report.state().name().toLowerCase(Locale.ROOT);
    String when =
        report.finished() == null
            ? ""
            : "last step ended " + terminal.time(Instant.parse(report.finished()));
    Line first = new Line(terminal).add(Ink.STRONG, report.series()).add("  " + state);
    boolean room =
        first.columns() + terminal.separator().length() + when.length() <= terminal.width();
    if (room && !when.isEmpty()) {
      first.add(terminal.separator() + when);
    }
    lines.add(first.toString());
    if (!room) {
      lines.add(when);
    }
    if (report.message() != null) {
      lines.addAll(Width.wrap(text(report.message()), terminal.width()));
    }
  }

  private void table(ScoreTable table) {
    title(
        table.evaluation()
            + (table.scale().percent() ? ", percent" : "")
            + "; below each score the fine-tuning steps behind it");
    lines.addAll(new TerminalTable(table, terminal).lines());
    Legend.of(table)
        .ifPresent(
            legend ->
                Width.wrap(text(legend), terminal.width())
                    .forEach(line -> lines.add(terminal.paint(Ink.FAINT, line))));
  }

  private void transfers(TransferTable table) {
    title(
        table.title()
            + (table.hasBases() || table.hasPlain() ? "; below each score its gains" : ""));
    lines.addAll(new TransferText(table, terminal).lines());
    Width.wrap(text(table.legend()), terminal.width())
        .forEach(line -> lines.add(terminal.paint(Ink.FAINT, line)));
  }

  private void convergence(Convergence curves) {
    title(
        "Convergence at "
            + curves.release()
            + ": "
            + curves.evaluation()
            + (curves.scale().percent() ? ", percent," : "")
            + " against steps of this fine-tuning");
    double top =
        curves.curves().stream()
            .flatMap(curve -> curve.points().stream())
            .mapToDouble(point -> Math.abs(curves.scale().shown(point.value())))
            .max()
            .orElse(1);
    int label = curves.curves().stream().mapToInt(c -> Width.of(text(c.label()))).max().orElse(0);
    int steps =
        Curves.steps(curves).stream().mapToInt(s -> Names.count(s).length()).max().orElse(1);
    int bar = Math.clamp(terminal.width() - label - steps - 18, 4, LONGEST_BAR);
    for (Convergence.Curve curve : curves.curves()) {
      String name = text(curve.label());
      for (Convergence.Point point : curve.points()) {
        double share = top == 0 ? 0 : Math.abs(curves.scale().shown(point.value())) / top;
        lines.add(
            Width.left(name, label)
                + "  "
                + terminal.paint(Ink.FAINT, Width.right(Names.count(point.steps()), steps))
                + "  "
                + terminal.bar(share, bar)
                + "  "
                + curves.scale().text(point.value(), point.standardError(), terminal));
        name = "";
      }
    }
  }

  private void connectivity() {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    for (Connectivity line : report.connectivity()) {
      lines.computeIfAbsent(line.title(), _ -> new ArrayList<>()).add(line.sentence());
    }
    lines.forEach(this::sentences);
  }

  private void sentences(String title, List<String> sentences) {
    if (sentences.isEmpty()) {
      return;
    }
    title(title);
    for (String sentence : sentences) {
      List<String> wrapped = Width.wrap(text(sentence), terminal.width() - 2);
      for (int i = 0; i < wrapped.size(); i++) {
        lines.add((i == 0 ? terminal.either("• ", "* ") : "  ") + wrapped.get(i));
      }
    }
  }

  private void costs() {
    title("What it took: each step from start to end, waiting included, added up");
    for (Cost cost : report.costs()) {
      lines.add(
          Width.left(cost.kind().name().toLowerCase(Locale.ROOT), 10)
              + Width.right(cost.done() + " of " + cost.planned(), 12)
              + Width.right(Durations.of(cost.seconds()), 14)
              + (cost.recorded().isEmpty() ? "" : "   " + cost.recorded())
              + (cost.reused() > 0 ? "   " + cost.reused() + " found in the store" : "")
              + (cost.failed() > 0
                  ? terminal.paint(Ink.BAD, "   " + cost.failed() + " failed")
                  : ""));
    }
  }

  private void models() {
    title("Where every model lies");
    int label =
        report.models().stream().mapToInt(place -> Width.of(text(place.label()))).max().orElse(0);
    for (Place place : report.models()) {
      lines.add(
          Width.left(text(place.label()), label)
              + "  "
              + (place.path() == null
                  ? terminal.paint(Ink.FAINT, place.state().name().toLowerCase(Locale.ROOT))
                  : Width.safe(place.path())));
    }
  }

  private void title(String title) {
    lines.add("");
    Width.wrap(text(title), terminal.width())
        .forEach(line -> lines.add(terminal.paint(Ink.STRONG, line)));
  }

  private String text(String text) {
    return Width.safe(terminal.unicode() ? text : Names.ascii(text));
  }
}
