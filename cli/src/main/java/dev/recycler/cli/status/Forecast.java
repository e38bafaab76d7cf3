package dev.recycler.cli.status;

import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.PriorityQueue;

/**
 * When a series is done, if every step takes as long as those of its kind did on average and as
 * many run side by side as did at most so far.
 */
final class Forecast {
  private final SeriesProgress progress;
  private final Map<String, Heartbeat> heartbeats;
  private final Instant now;

  private Forecast(SeriesProgress progress, Map<String, Heartbeat> heartbeats, Instant now) {
    this.progress = progress;
    this.heartbeats = heartbeats;
    this.now = now;
  }

  /** Nothing where the series does not run or a kind of step that is to come was never done. */
  static OptionalDouble secondsLeft(
      SeriesProgress progress, Map<String, Heartbeat> heartbeats, Instant now) {
    return progress.state() == SeriesState.RUNNING
        ? new Forecast(progress, heartbeats, now).secondsLeft()
        : OptionalDouble.empty();
  }

  private OptionalDouble secondsLeft() {
    Map<StepKind, Double> usual = usualSeconds();
    for (StepProgress step : progress.steps()) {
      if (toCome(step) && remaining(step, usual) == null) {
        return OptionalDouble.empty();
      }
    }
    // Steps in the plan's order take the slot that is free first, once what they need is done.
    PriorityQueue<Double> slots = new PriorityQueue<>();
    Map<String, Double> ends = new HashMap<>();
    for (StepProgress step : progress.steps()) {
      if (step.state() == StepState.RUNNING) {
        double end = remaining(step, usual);
        ends.put(step.id(), end);
        slots.add(end);
      }
    }
    for (int free = atOnce() - slots.size(); free > 0; free--) {
      slots.add(0.0);
    }
    for (StepProgress step : progress.steps()) {
      if (step.state() == StepState.WAITING) {
        double ready =
            step.needs().stream().mapToDouble(id -> ends.getOrDefault(id, 0.0)).max().orElse(0);
        double end = Math.max(ready, slots.remove()) + remaining(step, usual);
        ends.put(step.id(), end);
        slots.add(end);
      }
    }
    return OptionalDouble.of(
        ends.values().stream().mapToDouble(Double::doubleValue).max().orElse(0));
  }

  private static boolean toCome(StepProgress step) {
    return step.state() == StepState.WAITING || step.state() == StepState.RUNNING;
  }

  private Double remaining(StepProgress step, Map<StepKind, Double> usual) {
    Heartbeat beat = heartbeats.get(step.id());
    if (step.state() == StepState.RUNNING && beat != null && beat.secondsLeft() != null) {
      return beat.secondsLeft();
    }
    Double seconds = usual.get(step.kind());
    return seconds == null || step.state() == StepState.WAITING || step.started() == null
        ? seconds
        : (Double) Math.max(0, seconds - seconds(step.started(), now));
  }

  private Map<StepKind, Double> usualSeconds() {
    Map<StepKind, List<Double>> samples = new EnumMap<>(StepKind.class);
    for (StepProgress step : progress.steps()) {
      Heartbeat beat = heartbeats.get(step.id());
      if (worked(step) && step.finished() != null) {
        sample(samples, step, seconds(step.started(), step.finished()));
      } else if (worked(step) && beat != null && beat.secondsLeft() != null) {
        sample(samples, step, seconds(step.started(), now) + beat.secondsLeft());
      }
    }
    Map<StepKind, Double> usual = new EnumMap<>(StepKind.class);
    samples.forEach(
        (kind, all) ->
            usual.put(kind, all.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
    return usual;
  }

  private static void sample(
      Map<StepKind, List<Double>> samples, StepProgress step, double seconds) {
    samples.computeIfAbsent(step.kind(), kind -> new ArrayList<>()).add(seconds);
  }

  private static boolean worked(StepProgress step) {
    return step.started() != null
        && !step.reused()
        && (step.state() == StepState.DONE || step.state() == StepState.RUNNING);
  }

  /** The most steps that were seen side by side, at least one. */
  private int atOnce() {
    record Turn(Instant at, int change) {}
    List<Turn> turns = new ArrayList<>();
    for (StepProgress step : progress.steps()) {
      if (worked(step)) {
        turns.add(new Turn(step.started(), 1));
        turns.add(new Turn(step.finished() == null ? Instant.MAX : step.finished(), -1));
      }
    }
    // At one instant ends come before starts: steps that follow one another are not side by side.
    turns.sort(
        (one, other) -> {
          int order = one.at().compareTo(other.at());
          return order != 0 ? order : Integer.compare(one.change(), other.change());
        });
    int running = 0;
    int most = 1;
    for (Turn turn : turns) {
      running += turn.change();
      most = Math.max(most, running);
    }
    return most;
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1000.0;
  }
}
