package dev.recycler.cli.report;

import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** What the steps of a series took, one by one and by kind. */
final class CostMaker {
  private final List<StepProgress> steps;
  private final List<StepCost> costs;

  CostMaker(List<StepProgress> all, Ledger ledger) {
    // What the series decides by itself costs nothing.
    this.steps = all.stream().filter(step -> step.kind() != StepKind.DECIDE).toList();
    this.costs = steps.stream().map(step -> cost(step, ledger)).toList();
  }

  /** The steps that have begun. */
  List<StepCost> steps() {
    return costs.stream().filter(cost -> cost.wallSeconds() != null).toList();
  }

  List<Cost> kinds() {
    List<Cost> kinds = new ArrayList<>();
    for (StepKind kind : StepKind.values()) {
      List<StepCost> ofKind = costs.stream().filter(cost -> cost.kind() == kind).toList();
      if (!ofKind.isEmpty()) {
        List<StepCost> own = ofKind.stream().filter(cost -> !cost.reused()).toList();
        kinds.add(
            new Cost(
                kind,
                ofKind.size(),
                count(ofKind, StepState.DONE),
                (int) ofKind.stream().filter(StepCost::reused).count(),
                count(ofKind, StepState.FAILED),
                sum(own, StepCost::wallSeconds).orElse(0.0),
                sum(own, StepCost::gpuSeconds).orElse(null),
                sum(own, StepCost::gpuSecondsWasted).orElse(null),
                sum(ofKind, cost -> cost.bytes() == null ? null : (Double) (double) cost.bytes())
                    .map(Double::longValue)
                    .orElse(null)));
      }
    }
    return kinds;
  }

  private static StepCost cost(StepProgress step, Ledger ledger) {
    Optional<Spent> spent =
        step.state() == StepState.DONE ? ledger.of(step.id()) : Optional.empty();
    return new StepCost(
        step.id(),
        step.kind(),
        step.state(),
        step.reused(),
        wall(step),
        spent.map(Spent::seconds).orElse(null),
        spent.map(it -> it.seconds() * it.gpus()).orElse(null),
        spent.map(it -> it.secondsWasted() * it.gpus()).orElse(null),
        spent.map(Spent::attempts).orElse(null),
        spent.map(Spent::bytes).orElse(null));
  }

  private static Double wall(StepProgress step) {
    return step.started() == null || step.finished() == null
        ? null
        : (Double) (Duration.between(step.started(), step.finished()).toMillis() / 1000.0);
  }

  private static int count(List<StepCost> costs, StepState state) {
    return (int) costs.stream().filter(cost -> cost.state() == state).count();
  }

  /** The sum of what is known; nothing where nothing is. */
  private static Optional<Double> sum(List<StepCost> costs, Function<StepCost, Double> figure) {
    List<Double> known = costs.stream().map(figure).filter(Objects::nonNull).toList();
    return known.isEmpty()
        ? Optional.empty()
        : Optional.of(known.stream().mapToDouble(Double::doubleValue).sum());
  }
}
