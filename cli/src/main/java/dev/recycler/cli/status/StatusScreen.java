package dev.recycler.cli.status;

import dev.recycler.cli.terminal.Durations;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Line;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.Standing;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One screen that answers: where is the series, is it healthy, when is it done, what does it need
 * from me? No line is wider than the terminal.
 */
public final class StatusScreen {
  private static final int FAILURES_SHOWN = 3;

  private final SeriesProgress progress;
  private final Map<String, Heartbeat> heartbeats;
  private final Instant now;
  private final Terminal terminal;
  private final StepIndex index;
  private final List<String> lines = new ArrayList<>();

  private StatusScreen(
      SeriesProgress progress, Map<String, Heartbeat> heartbeats, Instant now, Terminal terminal) {
    this.progress = progress;
    this.heartbeats = heartbeats;
    this.now = now;
    this.terminal = terminal;
    this.index = StepIndex.of(progress);
  }

  /**
   * The screen's text; every line ends with a line feed.
   *
   * @param heartbeats the last sign of life of each running step, by the step's id
   */
  public static String render(
      SeriesProgress progress, Map<String, Heartbeat> heartbeats, Instant now, Terminal terminal) {
    return render(progress, heartbeats, now, terminal, "");
  }

  /**
   * The same.
   *
   * @param typed options of the server that a person has to type again, with a blank before
   */
  public static String render(
      SeriesProgress progress,
      Map<String, Heartbeat> heartbeats,
      Instant now,
      Terminal terminal,
      String typed) {
    return String.join("\n", lines(progress, heartbeats, now, terminal, typed)) + "\n";
  }

  static List<String> lines(
      SeriesProgress progress,
      Map<String, Heartbeat> heartbeats,
      Instant now,
      Terminal terminal,
      String typed) {
    StatusScreen screen = new StatusScreen(progress, heartbeats, now, terminal);
    screen.head();
    screen.grid();
    screen.running();
    screen.forAPerson(typed);
    screen.next();
    screen.failures(typed);
    screen.command(typed);
    return List.copyOf(screen.lines);
  }

  private void head() {
    Standing standing = Standings.of(progress);
    Ink ink =
        switch (standing) {
          case RUNNING -> Ink.ACTIVE;
          case FINISHED, WATCHING -> Ink.GOOD;
          case FAILED -> Ink.BAD;
          case WAITING, PAUSED, CANCELLED -> Ink.WARN;
        };
    String time = terminal.time(now);
    Line first = new Line(terminal);
    first.add(Ink.STRONG, progress.spec().series()).add("  ").add(ink, standing.key());
    if (first.columns() + 2 + time.length() <= terminal.width()) {
      first.to(terminal.width() - time.length()).add(Ink.FAINT, time);
    }
    lines.add(first.toString());
    lines.add(new Line(terminal).add(counts()).toString());
    if (progress.message() != null) {
      for (String line : Width.wrap(progress.message(), terminal.width())) {
        lines.add(new Line(terminal).add(Ink.WARN, line).toString());
      }
    }
  }

  private String counts() {
    int done = index.in(StepState.DONE).size();
    long reused = index.in(StepState.DONE).stream().filter(StepProgress::reused).count();
    List<String> parts = new ArrayList<>();
    parts.add(done + " of " + progress.steps().size() + " steps done");
    if (reused > 0) {
      parts.add(reused + " of them found in the store");
    }
    int failed = index.in(StepState.FAILED).size();
    if (failed > 0) {
      parts.add(failed + " failed");
    }
    int givenUp = index.in(StepState.CANCELLED).size();
    if (givenUp > 0) {
      parts.add(givenUp + " " + Status.givenUp(progress));
    }
    Forecast.secondsLeft(progress, heartbeats, now)
        .ifPresent(seconds -> parts.add("about " + Durations.of(seconds) + " left"));
    return String.join(terminal.separator(), parts);
  }

  private void grid() {
    GridLines.add(lines, new Grid(progress, index, heartbeats, terminal), terminal);
  }

  private void running() {
    RunningSteps.add(lines, running(false), heartbeats, now, terminal);
  }

  /** The steps whose turn it is: gates, which wait for a person, or those for workers. */
  private List<StepProgress> running(boolean gates) {
    return index.in(StepState.RUNNING).stream()
        .filter(step -> gates == (step.kind() == StepKind.DECIDE))
        .toList();
  }

  /** What goes on when somebody says so. */
  private void forAPerson(String typed) {
    List<StepProgress> gates = running(true);
    if (gates.isEmpty()) {
      return;
    }
    title("Waiting for a person");
    int width = gates.stream().mapToInt(gate -> gate.id().length()).max().orElse(0);
    for (StepProgress gate : gates) {
      String approve = "recycler approve " + progress.spec().series() + " " + gate.id() + typed;
      lines.add(
          new Line(terminal)
              .add("  " + Width.left(gate.id(), width))
              .add(Ink.FAINT, "  " + approve)
              .toString());
    }
  }

  private void next() {
    List<StepProgress> next = index.next();
    if (next.isEmpty() || progress.state() != SeriesState.RUNNING) {
      return;
    }
    int shown = Math.min(next.size(), 3);
    title("Next");
    List<StepProgress> first = next.subList(0, shown);
    int width = first.stream().mapToInt(step -> step.id().length()).max().orElse(0);
    for (StepProgress step : first) {
      List<String> missing = index.missing(step);
      Line line = new Line(terminal).add("  " + Width.left(step.id(), width));
      line.add(
          Ink.FAINT,
          missing.isEmpty() ? "  for a free worker" : "  after " + String.join(", ", missing));
      lines.add(line.toString());
    }
    int later = index.in(StepState.WAITING).size() - shown;
    if (later > 0) {
      lines.add(new Line(terminal).add(Ink.FAINT, "  and " + later + " more").toString());
    }
  }

  private void failures(String typed) {
    List<StepProgress> failed = index.in(StepState.FAILED);
    if (failed.isEmpty()) {
      return;
    }
    title("Failed");
    for (StepProgress step :
        failed.subList(Math.max(0, failed.size() - FAILURES_SHOWN), failed.size())) {
      lines.add(new Line(terminal).add("  ").add(Ink.BAD, step.id()).toString());
      String failure = step.failure() == null ? "it gave no reason" : step.failure();
      for (String line : Width.wrap(failure, terminal.width() - 4)) {
        lines.add(new Line(terminal).add("    " + line).toString());
      }
      if (step.kind() == StepKind.FINETUNE || step.kind() == StepKind.EVALUATE) {
        String logs = "recycler logs " + progress.spec().series() + " " + step.id() + typed;
        lines.add(new Line(terminal).add(Ink.FAINT, "    " + logs).toString());
      }
    }
    if (failed.size() > FAILURES_SHOWN) {
      lines.add(
          new Line(terminal)
              .add(Ink.FAINT, "  and " + (failed.size() - FAILURES_SHOWN) + " before these")
              .toString());
    }
    long blocked = index.in(StepState.WAITING).stream().filter(index::blocked).count();
    if (blocked > 0) {
      lines.add(
          new Line(terminal)
              .add(Ink.FAINT, "  " + blocked + (blocked == 1 ? " step waits" : " steps wait"))
              .add(Ink.FAINT, failed.size() == 1 ? " for it" : " for them")
              .toString());
    }
  }

  private void command(String typed) {
    NextCommand next = NextCommand.of(progress);
    lines.add("");
    lines.add(
        new Line(terminal)
            .add(Ink.STRONG, next.line() + typed)
            .add(Ink.FAINT, "   " + next.purpose())
            .toString());
  }

  private void title(String title) {
    lines.add("");
    lines.add(new Line(terminal).add(Ink.STRONG, title).toString());
  }
}
