package dev.recycler.workflows.spec;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Reads where finished models go. */
final class PublishReader {
  private final Places places;
  private final boolean known;
  private final List<Strategy> strategies;

  /**
   * @param known whether the file's strategies could be read; where not, nothing is held against
   *     them
   * @param strategies those that the series runs
   */
  PublishReader(Places places, boolean known, List<Strategy> strategies) {
    this.places = places;
    this.known = known;
    this.strategies = known ? strategies : List.of(Strategy.values());
  }

  /** Null where it is not whole. */
  PublishSpec read(Value value) {
    Section section = Section.of(value, Keys.PUBLISH).orElse(null);
    if (section == null) {
      return null;
    }
    Set<Strategy> of = new LinkedHashSet<>();
    Optional<Value> asked = section.get("strategies");
    if (asked.isPresent()) {
      asked.get().listOrOne("lists no strategy; name one that the series runs").stream()
          .map(each -> each.oneOf("a strategy of this series", strategies, Strategy::key))
          .forEach(strategy -> strategy.ifPresent(of::add));
    } else if (!known || strategies.size() == 1) {
      of.addAll(strategies);
    } else if (strategies.isEmpty()) {
      value.problem("publishes what strategies end with, and this series runs none; remove it");
    } else {
      section.require("strategies", "name those whose models are published");
    }
    String to =
        section
            .require("to", "give a place such as hf://my-org/my-model-{release}, or a folder")
            .flatMap(place -> place(place, of))
            .orElse(null);
    String dtype =
        section
            .get("dtype")
            .flatMap(v -> v.oneOf("a dtype", List.of("bfloat16", "float16", "float32", "float64")))
            .orElse(null);
    String license = section.get("license").flatMap(Value::text).orElse(null);
    List<String> datasets =
        section.get("datasets").stream()
            .flatMap(list -> list.listOrOne("lists nothing; name one, or remove it").stream())
            .map(each -> each.text().orElse(null))
            .filter(Objects::nonNull)
            .toList();
    boolean hidden =
        section
            .get("private")
            .flatMap(v -> v.oneOf("an answer", List.of("true", "false")))
            .map(Boolean::valueOf)
            .orElse(false);
    return to == null || of.isEmpty()
        ? null
        : new PublishSpec(to, List.copyOf(of), dtype, license, datasets, hidden);
  }

  private Optional<String> place(Value value, Set<Strategy> of) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return text;
    }
    if (!text.get().contains(PublishSpec.RELEASE)) {
      value.problem("is the same for every release; write {release} where its name goes");
      return Optional.empty();
    } else if (known && of.size() > 1 && !text.get().contains(PublishSpec.STRATEGY)) {
      value.problem("is the same for several strategies; write {strategy} where its name goes");
      return Optional.empty();
    }
    if (!HubModel.isMeant(text.get())) {
      return places.anywhere(value);
    }
    Optional<String> problem =
        HubModel.problem(
            text.get().replace(PublishSpec.RELEASE, "M1").replace(PublishSpec.STRATEGY, "plain"));
    problem.ifPresent(value::problem);
    return problem.isPresent() ? Optional.empty() : text;
  }
}
