package dev.recycler.workflows.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the single transfers that a series file asks for. */
final class TransferReader {
  private static final Pattern TRAINED = Pattern.compile("FT\\((.*)\\)");

  private final List<String> models;
  private final Map<String, Value> names = new LinkedHashMap<>();

  /**
   * @param models the names of the file's releases and models
   */
  TransferReader(List<String> models) {
    this.models = models;
  }

  List<TransferSpec> read(Value value) {
    List<TransferSpec> transfers = new ArrayList<>();
    for (Value element : value.list("lists no transfer; give at least one, or remove it")) {
      Section.of(element, Keys.TRANSFER)
          .flatMap(section -> transfer(section, element))
          .ifPresent(transfers::add);
    }
    return transfers;
  }

  private Optional<TransferSpec> transfer(Section section, Value element) {
    Optional<Source> source =
        section
            .require("finetuned", "name a model, or \"FT(M1)\" for a release that is fine-tuned")
            .flatMap(this::source);
    Optional<String> target =
        section.require("target", "name the model that gets the difference").flatMap(this::model);
    Optional<String> base = base(section, source);
    List<Double> scales =
        section.get("scale").stream()
            .flatMap(list -> list.listOrOne("lists no number; give one, or remove it").stream())
            .map(scale -> scale.number().orElse(null))
            .filter(Objects::nonNull)
            .toList();
    if (scales.stream().distinct().count() < scales.size()) {
      section.get("scale").orElseThrow().problem("has a number twice; keep one of them");
    }
    boolean then =
        section.get("then").flatMap(v -> v.oneOf("what follows", List.of("finetune"))).isPresent();
    Optional<String> name = section.get("name").flatMap(Value::name);
    if (source.isEmpty() || target.isEmpty() || base.isEmpty()) {
      return Optional.empty();
    }
    String named = name.orElse(target.get() + ".from-" + source.get().name(base.get()));
    Value first = names.putIfAbsent(named, section.get("name").orElse(element));
    if (first != null) {
      element.problem(
          "is called \"%s\" like the transfer on line %d; give it another \"name\""
              .formatted(named, first.line()));
    }
    return Optional.of(
        new TransferSpec(
            named,
            source.get().model(),
            source.get().trained(),
            base.get(),
            target.get(),
            scales,
            then));
  }

  private Optional<String> base(Section section, Optional<Source> source) {
    boolean given = section.get("base").isPresent();
    if (!given && source.map(Source::trained).orElse(true)) {
      return source.map(Source::model);
    }
    Optional<String> base =
        section
            .require("base", "name the model that the fine-tuned one was tuned from")
            .flatMap(this::model);
    if (source.isPresent() && !source.get().trained() && base.equals(source.map(Source::model))) {
      section
          .get("base")
          .orElseThrow()
          .problem("is the fine-tuned model itself, so there is no difference; name its base");
    }
    return base;
  }

  private Optional<Source> source(Value value) {
    Optional<String> text = value.text();
    Optional<Matcher> trained = text.map(TRAINED::matcher).filter(Matcher::matches);
    return trained.isPresent()
        ? value.oneOf(trained.get().group(1).strip(), "a release or model", models).map(Source::ft)
        : value.oneOf("a release or model", models).map(Source::published);
  }

  private Optional<String> model(Value value) {
    return value.oneOf("a release or model", models);
  }

  private record Source(String model, boolean trained) {
    static Source ft(String model) {
      return new Source(model, true);
    }

    static Source published(String model) {
      return new Source(model, false);
    }

    /** In the name of a transfer; a model that was tuned from its own base is named for that. */
    String name(String base) {
      return trained && !base.equals(model) ? "FT-" + model : model;
    }
  }
}
