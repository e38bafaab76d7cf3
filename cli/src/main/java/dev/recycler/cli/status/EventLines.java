package dev.recycler.cli.status;

import dev.recycler.cli.terminal.Durations;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What happened between two looks at a series, one line a change. */
public final class EventLines {
  private EventLines() {}

  /**
   * The changes, in the plan's order, those of the series last.
   *
   * @param before the look before, or null at the first one, which tells what runs and what failed
   *     but not what was done earlier
   */
  public static List<String> between(
      SeriesProgress before, SeriesProgress after, Terminal terminal) {
    Map<String, StepProgress> known = new HashMap<>();
    if (before != null) {
      before.steps().forEach(step -> known.put(step.id(), step));
    }
    List<String> lines = new ArrayList<>();
    if (before == null) {
      lines.add(
          "series "
              + after.spec().series()
              + ": "
              + StepIndex.of(after).in(StepState.DONE).size()
              + " of "
              + after.steps().size()
              + " steps done");
    }
    for (StepProgress step : after.steps()) {
      StepProgress earlier = known.get(step.id());
      boolean changed = earlier == null ? true : earlier.state() != step.state();
      if (changed) {
        String line = line(step, before == null, terminal);
        if (line != null) {
          lines.add(line);
        }
      }
    }
    if (before == null || before.state() != after.state()) {
      if (after.state() != SeriesState.RUNNING || before != null) {
        lines.add("series " + after.spec().series() + " " + state(after.state()));
      }
    }
    if (after.message() != null
        && (before == null || !Objects.equals(before.message(), after.message()))) {
      lines.add(Width.safe(after.message()));
    }
    return lines;
  }

  private static String line(StepProgress step, boolean first, Terminal terminal) {
    return switch (step.state()) {
      case WAITING -> null;
      case RUNNING -> step.id() + " started";
      case DONE -> first ? null : step.id() + done(step, terminal);
      case FAILED ->
          step.id() + " failed" + (step.failure() == null ? "" : ": " + Width.safe(step.failure()));
      case CANCELLED -> first ? null : step.id() + " given up";
    };
  }

  private static String done(StepProgress step, Terminal terminal) {
    StringBuilder text = new StringBuilder();
    if (step.reused()) {
      text.append(" found in the store");
    } else {
      text.append(" done");
      if (step.started() != null && step.finished() != null) {
        text.append(" in ").append(Durations.of(Duration.between(step.started(), step.finished())));
      }
    }
    if (step.score() != null) {
      Scale scale = Scale.of(step.score().metric(), List.of(step.score().value()));
      text.append(": ")
          .append(scale.text(step.score().value(), step.score().standardError(), terminal))
          .append(scale.percent() ? " %" : "");
    }
    return text.toString();
  }

  private static String state(SeriesState state) {
    return switch (state) {
      case RUNNING -> "runs";
      case FAILED -> "has failed and waits for `resume`";
      case FINISHED -> "is finished";
      case WATCHING -> "has done all and watches for new releases";
      case CANCELLED -> "is cancelled";
    };
  }
}
