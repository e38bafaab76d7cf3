package dev.recycler.cli.status;

import dev.recycler.cli.terminal.Durations;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Line;
import dev.recycler.cli.terminal.Sizes;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.progress.StepProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The steps that workers have now, two lines each: what and where, then how far. */
final class RunningSteps {
  private static final int SHOWN = 6;
  private static final int LONGEST_BAR = 30;
  private static final int SHORTEST_BAR = 8;
  private static final Duration UNEASY = Duration.ofSeconds(30);

  private RunningSteps() {}

  static void add(
      List<String> lines,
      List<StepProgress> running,
      Map<String, Heartbeat> heartbeats,
      Instant now,
      Terminal terminal) {
    if (running.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add(new Line(terminal).add(Ink.STRONG, "Running").toString());
    boolean workersAreBusy = running.stream().anyMatch(step -> heartbeats.containsKey(step.id()));
    for (StepProgress step : begunFirst(running, heartbeats)) {
      Heartbeat beat = heartbeats.get(step.id());
      if (beat == null) {
        lines.add(noSignOfLife(step, workersAreBusy, now, terminal));
      } else {
        lines.add(where(step, beat, now, terminal));
        if (beat.total() > 0 || beat.done() > 0) {
          lines.add(howFar(beat, terminal));
        }
        onWhat(beat, terminal).ifPresent(lines::add);
      }
    }
    if (running.size() > SHOWN) {
      lines.add(
          new Line(terminal)
              .add(Ink.FAINT, "  and " + (running.size() - SHOWN) + " more")
              .toString());
    }
  }

  /** Those that are shown: what workers tell of before what waits for them. */
  private static List<StepProgress> begunFirst(
      List<StepProgress> running, Map<String, Heartbeat> heartbeats) {
    return running.stream()
        .sorted(Comparator.comparing(step -> !heartbeats.containsKey(step.id())))
        .limit(SHOWN)
        .toList();
  }

  private static String noSignOfLife(
      StepProgress step, boolean workersAreBusy, Instant now, Terminal terminal) {
    Line line = new Line(terminal).add("  " + step.id() + "  ");
    if (workersAreBusy) {
      return line.add(Ink.FAINT, "waits for a worker that is free").toString();
    }
    boolean uneasy =
        step.started() != null && Duration.between(step.started(), now).compareTo(UNEASY) > 0;
    return uneasy
        ? line.add(Ink.WARN, "waits for a worker: is one running? (recycler worker)").toString()
        : line.add(Ink.FAINT, "waits for a worker").toString();
  }

  private static String where(StepProgress step, Heartbeat beat, Instant now, Terminal terminal) {
    Line line = new Line(terminal).add("  " + step.id() + "  ");
    line.add(Ink.ACTIVE, beat.phase() == null ? "running" : beat.phase());
    if (beat.attempt() > 1) {
      line.add(Ink.FAINT, terminal.separator()).add(Ink.WARN, "attempt " + beat.attempt());
    }
    if (beat.host() != null) {
      line.add(Ink.FAINT, terminal.separator() + "on " + beat.host());
    }
    if (step.started() != null) {
      line.add(
          Ink.FAINT,
          terminal.separator() + "for " + Durations.of(Duration.between(step.started(), now)));
    }
    return line.toString();
  }

  private static String howFar(Heartbeat beat, Terminal terminal) {
    String figures = figures(beat, terminal);
    Line line = new Line(terminal).add("  ");
    if (beat.total() > 0) {
      int room = terminal.width() - 4 - figures.length();
      line.bar((double) beat.done() / beat.total(), Math.clamp(room, SHORTEST_BAR, LONGEST_BAR));
      line.add("  ");
    }
    return line.add(figures).toString();
  }

  /** GPUs and the run's own page, where there are some. */
  private static Optional<String> onWhat(Heartbeat beat, Terminal terminal) {
    List<String> parts = new ArrayList<>();
    beat.gpus().forEach(gpu -> parts.add(gpu(gpu)));
    if (beat.url() != null) {
      parts.add(beat.url());
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Line(terminal)
                .add(Ink.FAINT, "  " + String.join(terminal.separator(), parts))
                .toString());
  }

  private static String gpu(Heartbeat.GpuUse gpu) {
    String text = "GPU " + gpu.id();
    if (gpu.memoryUsed() != null && gpu.memoryTotal() != null) {
      text += " " + amount(gpu.memoryUsed(), true) + " of " + amount(gpu.memoryTotal(), true);
    }
    return gpu.percent() == null ? text : text + " " + gpu.percent() + "%";
  }

  private static String figures(Heartbeat beat, Terminal terminal) {
    boolean bytes = "bytes".equals(beat.unit());
    List<String> parts = new ArrayList<>();
    String done = amount(beat.done(), bytes);
    String total = beat.total() > 0 ? "/" + amount(beat.total(), bytes) : "";
    parts.add(done + total + (bytes || beat.unit() == null ? "" : " " + beat.unit()));
    if (beat.checkpoint() != null) {
      parts.add("saved at " + amount(beat.checkpoint(), false));
    }
    if (beat.loss() != null) {
      parts.add("loss " + Terminal.brief(beat.loss()));
    }
    if (beat.unitsPerSecond() != null && beat.unitsPerSecond() > 0) {
      parts.add(speed(beat.unitsPerSecond(), bytes));
    }
    if (beat.secondsLeft() != null) {
      parts.add(Durations.of(beat.secondsLeft()) + " left");
    }
    return String.join(terminal.separator(), parts);
  }

  private static String speed(double perSecond, boolean bytes) {
    if (bytes) {
      return amount(Math.round(perSecond), true) + "/s";
    }
    return perSecond >= 1
        ? Terminal.brief(perSecond) + "/s"
        : Durations.of(1 / perSecond) + " each";
  }

  private static String amount(long value, boolean bytes) {
    return bytes ? Sizes.of(value) : String.format(Locale.ROOT, "%,d", value);
  }
}
