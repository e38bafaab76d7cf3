package dev.recycler.workflows.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a series file from its root down. Where it gives null, it has left a problem. */
final class SeriesReader {
  private final Places places;

  SeriesReader(Surroundings surroundings) {
    places = new Places(surroundings);
  }

  SeriesSpec read(Value root) {
    Section section = Section.of(root, Keys.SERIES).orElse(null);
    if (section == null) {
      return null;
    }
    String series =
        section
            .require("series", "name the series, e.g. \"series: my-series\"")
            .flatMap(Value::name)
            .orElse(null);
    String store =
        section
            .require("store", "say where models are kept, e.g. \"store: ./store\"")
            .flatMap(places::store)
            .orElse(null);
    List<Release> releases =
        section
            .require("releases", "list the base models, oldest first, each with name and model")
            .map(this::releases)
            .orElse(List.of());
    List<Strategy> strategies =
        section.get("strategies").map(SeriesReader::strategies).orElse(List.of(Strategy.ITERATIVE));
    FinetuneSpec finetune =
        section
            .require("finetune", "say how models are fine-tuned, with trainer and data")
            .map(this::finetune)
            .orElse(null);
    MergeSpec merge = section.get("merge").map(SeriesReader::merge).orElse(MergeSpec.DEFAULT);
    List<EvaluationSpec> evaluate =
        section
            .get("evaluate")
            .map(value -> new EvaluationReader(places, strategies, releases).read(value))
            .orElse(List.of());
    return root.problems().none()
        ? new SeriesSpec(series, store, releases, strategies, finetune, merge, evaluate)
        : null;
  }

  private List<Release> releases(Value value) {
    List<Release> releases = new ArrayList<>();
    Map<String, Value> names = new LinkedHashMap<>();
    Map<String, Value> models = new LinkedHashMap<>();
    for (Value element : value.list("lists no release; a series has at least one")) {
      Section section = Section.of(element, Keys.RELEASE).orElse(null);
      if (section == null) {
        continue;
      }
      Optional<Value> name = section.require("name", "name the release, e.g. \"name: M1\"");
      Optional<Value> model = section.require("model", "give the folder of its weights");
      String named = name.flatMap(Value::name).orElse(null);
      String placed = model.flatMap(places::model).orElse(null);
      refuseTwice(names, named, name, "name");
      refuseTwice(models, placed, model, "model");
      if (named != null && placed != null) {
        releases.add(new Release(named, placed));
      }
    }
    return releases;
  }

  /** Refuses a second value that is equal to an earlier one. */
  static void refuseTwice(
      Map<String, Value> seen, String text, Optional<Value> value, String what) {
    if (text == null || value.isEmpty()) {
      return;
    }
    Value first = seen.putIfAbsent(text, value.get());
    if (first != null) {
      value
          .get()
          .problem(
              "\"%s\" is already the %s on line %d; give another"
                  .formatted(text, what, first.line()));
    }
  }

  private static List<Strategy> strategies(Value value) {
    List<Strategy> known = List.of(Strategy.values());
    Set<Strategy> strategies = new LinkedHashSet<>();
    for (Value element :
        value.listOrOne("lists no strategy; use one or more of plain, direct, iterative")) {
      element
          .oneOf("a strategy", known, Strategy::key)
          .filter(strategy -> !strategies.add(strategy))
          .ifPresent(strategy -> element.problem("\"%s\" stands twice".formatted(strategy.key())));
    }
    return List.copyOf(strategies);
  }

  private FinetuneSpec finetune(Value value) {
    Section section = Section.of(value, Keys.FINETUNE).orElse(null);
    if (section == null) {
      return null;
    }
    List<String> trainers = Tool.names(Tool.TRAINERS);
    Optional<String> trainer =
        section
            .require("trainer", "use \"trainer: trl\"")
            .flatMap(v -> v.oneOf("a trainer", trainers));
    Optional<String> data =
        section.require("data", "give the folder of the training data").flatMap(places::data);
    Optional<String> python = section.get("python").flatMap(places::python);
    Map<String, String> arguments =
        ToolReader.arguments(section, trainer.map(name -> Tool.named(Tool.TRAINERS, name)));
    Map<String, String> environment = ToolReader.environment(section);
    Optional<String> home =
        trainer.filter(name -> name.startsWith("open-instruct")).isPresent()
            ? section
                .require("home", "give the folder of your checkout of open-instruct")
                .flatMap(places::folder)
            : section.get("home").flatMap(places::folder);
    List<String> launch = ToolReader.words(section, "launch");
    int gpus = ToolReader.gpus(section);
    TimeLimits limits = ToolReader.limits(section);
    CustomTrainer custom = ToolReader.customTrainer(section, trainer);
    return trainer.isEmpty() || data.isEmpty()
        ? null
        : new FinetuneSpec(
            trainer.get(),
            python.orElse(null),
            data.get(),
            arguments,
            environment,
            home.orElse(null),
            launch,
            gpus,
            custom,
            limits);
  }

  private static MergeSpec merge(Value value) {
    Section section = Section.of(value, Keys.MERGE).orElse(null);
    if (section == null) {
      return null;
    }
    double scale = section.get("scale").flatMap(Value::number).orElse(MergeSpec.DEFAULT.scale());
    String load =
        section
            .get("load")
            .flatMap(v -> v.oneOf("a way to load", List.of("stored", "bfloat16")))
            .orElse(MergeSpec.DEFAULT.load());
    String dtype =
        section
            .get("dtype")
            .flatMap(v -> v.oneOf("a dtype", List.of("bfloat16", "float16", "float32", "float64")))
            .orElse(null);
    return new MergeSpec(scale, load, dtype);
  }
}
