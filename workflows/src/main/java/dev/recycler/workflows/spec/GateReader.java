package dev.recycler.workflows.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what is decided by scores: gates, and which λ is taken. */
final class GateReader {
  private final List<String> evaluations;

  /**
   * @param evaluations the names of the file's scores
   */
  GateReader(List<EvaluationSpec> evaluations) {
    this.evaluations = evaluations.stream().map(EvaluationSpec::name).toList();
  }

  List<GateSpec> gates(Value value) {
    List<GateSpec> gates = new ArrayList<>();
    for (Value element : value.list("lists no gate; give at least one, or remove it")) {
      Section.of(element, Keys.GATE).flatMap(this::gate).ifPresent(gates::add);
    }
    return gates;
  }

  private Optional<GateSpec> gate(Section section) {
    Optional<Value> after = section.require("after", "use \"after: merged\"");
    Optional<String> waits =
        after.flatMap(
            value -> value.oneOf("something to wait for", List.of("merged", "checkpoint")));
    double margin = section.get("margin").flatMap(GateReader::margin).orElse(1.0);
    Optional<Value> when = section.get("when");
    Optional<Condition> condition = when.flatMap(value -> condition(value, margin));
    Optional<GateSpec.Then> then =
        section
            .require("then", "use \"skip-finetune\", \"approve\" or \"stop\"")
            .flatMap(
                value ->
                    value.oneOf(
                        "what a gate does", List.of(GateSpec.Then.values()), GateSpec.Then::key));
    if (then.isPresent() && waits.isPresent() && !waits.get().equals(then.get().after())) {
      after
          .get()
          .problem(
              "a gate that does \"%s\" looks at \"%s\"; write that here"
                  .formatted(then.get().key(), then.get().after()));
    }
    boolean needs = then.filter(does -> does != GateSpec.Then.APPROVE).isPresent();
    if (needs && when.isEmpty()) {
      section.require("when", "say from which score on, e.g. when: \"gsm8k >= 0.75\"");
    }
    return needs && condition.isEmpty()
        ? Optional.empty()
        : then.map(does -> new GateSpec(condition.orElse(null), does));
  }

  private static Optional<Double> margin(Value value) {
    return value
        .number()
        .filter(
            number -> {
              if (number < 0) {
                value.problem("must be a number of standard errors, at least 0");
              }
              return number >= 0;
            });
  }

  private Optional<Condition> condition(Value value, double margin) {
    Optional<String> text = value.text();
    Optional<Condition> condition = text.flatMap(written -> Condition.parse(written, margin));
    if (text.isPresent() && condition.isEmpty()) {
      value.problem(
          "\"%s\" is no condition; write one such as \"gsm8k >= 0.75\" or \"gsm8k < 0.5\""
              .formatted(text.get()));
    }
    condition.ifPresent(c -> value.oneOf(c.evaluation(), "a score of this file", evaluations));
    return condition;
  }

  /**
   * Which λ is taken, or null where there is one.
   *
   * @param scales every λ of the section
   */
  ScaleChoice choice(Section merge, List<Double> scales) {
    Optional<Value> by = merge.get("choose-by");
    if (scales.size() < 2) {
      by.ifPresent(
          value -> value.problem("there is nothing to choose; list several numbers in scale"));
      return null;
    }
    return merge
        .require("choose-by", "name the score by which one of the scales is taken")
        .flatMap(value -> value.oneOf("a score of this file", evaluations))
        .map(name -> new ScaleChoice(scales, name))
        .orElse(null);
  }
}
