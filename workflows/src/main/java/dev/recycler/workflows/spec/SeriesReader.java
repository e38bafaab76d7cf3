package dev.recycler.workflows.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads a series file from its root down. Where it gives null, it has left a problem. */
final class SeriesReader {
  private final Places places;
  private final Map<String, Value> namesSeen = new LinkedHashMap<>();
  private final Map<String, Value> modelsSeen = new LinkedHashMap<>();

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
            .map(value -> releases(value, "lists no release; a series has at least one"))
            .orElse(List.of());
    List<Release> models =
        section
            .get("models")
            .map(value -> releases(value, "lists no model; name one, or remove it"))
            .orElse(List.of());
    int wrong = root.problems().count();
    List<TransferSpec> transfers =
        section
            .get("transfers")
            .map(value -> new TransferReader(names(releases, models)).read(value))
            .orElse(List.of());
    Optional<Matrix> matrix =
        section
            .get("matrix")
            .flatMap(value -> value.oneOf("a matrix", List.of(Matrix.values()), Matrix::key));
    List<Strategy> strategies =
        strategies(section, section.get("transfers").isPresent(), matrix.isPresent());
    // What follows from a misspelt strategy is not told of: it is not what the user has to mend.
    boolean known = root.problems().count() == wrong;
    FinetuneSpec finetune = recipe(section, known, strategies, transfers);
    Optional<Section> merging =
        section.get("merge").flatMap(value -> Section.of(value, Keys.MERGE));
    List<Double> scales = merging.map(SeriesReader::scales).orElse(List.of());
    MergeSpec merge = merging.map(m -> merge(m, scales)).orElse(MergeSpec.DEFAULT);
    boolean merges =
        !known
            || matrix.isPresent()
            || !transfers.isEmpty()
            || strategies.stream().anyMatch(Strategy::transfers);
    List<EvaluationSpec> evaluate =
        section
            .get("evaluate")
            .map(value -> new EvaluationReader(places, merges, releases).read(value))
            .orElse(List.of());
    GateReader decisions = new GateReader(evaluate);
    ScaleChoice choice = merging.map(m -> decisions.choice(m, scales)).orElse(null);
    List<GateSpec> gates = section.get("gates").map(decisions::gates).orElse(List.of());
    refuseToDropCheckpoints(section, gates, finetune);
    List<NotifySpec> notifications =
        section.get("notify").map(NotifyReader::read).orElse(List.of());
    WatchSpec watch = section.get("watch").map(WatchReader::read).orElse(null);
    ConnectivitySpec connectivity =
        section
            .get("connectivity")
            .map(value -> new ConnectivityReader(evaluate, releases.size()).read(value))
            .orElse(null);
    KeepSpec keep = section.get("keep").map(KeepReader::read).orElse(null);
    PublishSpec publish =
        section
            .get("publish")
            .map(value -> new PublishReader(places, known, strategies).read(value))
            .orElse(null);
    return root.problems().none()
        ? new SeriesSpec(
            series,
            store,
            releases,
            models,
            strategies,
            transfers,
            matrix.orElse(null),
            finetune,
            merge,
            choice,
            evaluate,
            gates,
            notifications,
            watch,
            connectivity,
            keep,
            publish)
        : null;
  }

  private static List<String> names(List<Release> releases, List<Release> models) {
    return Stream.concat(releases.stream(), models.stream()).map(Release::name).toList();
  }

  /** Releases, or other models; no name and no model stands twice in a file. */
  private List<Release> releases(Value value, String whenEmpty) {
    List<Release> releases = new ArrayList<>();
    for (Value element : value.list(whenEmpty)) {
      Section section = Section.of(element, Keys.RELEASE).orElse(null);
      if (section == null) {
        continue;
      }
      Optional<Value> name = section.require("name", "name the release, e.g. \"name: M1\"");
      Optional<Value> model = section.require("model", "give the folder of its weights");
      String named = name.flatMap(Value::name).orElse(null);
      String placed = model.flatMap(places::model).orElse(null);
      refuseTwice(namesSeen, named, name, "name");
      refuseTwice(modelsSeen, placed, model, "model");
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

  /** A matrix is of plainly fine-tuned releases; a file may ask for transfers and nothing else. */
  private static List<Strategy> strategies(Section section, boolean transfers, boolean matrix) {
    Set<Strategy> strategies = new LinkedHashSet<>();
    section
        .get("strategies")
        .map(SeriesReader::strategies)
        .orElse(transfers || matrix ? List.of() : List.of(Strategy.ITERATIVE))
        .forEach(strategies::add);
    if (matrix) {
      strategies.add(Strategy.PLAIN);
    }
    return List.copyOf(strategies);
  }

  /** The recipe; null where nothing is trained and none is given. */
  private FinetuneSpec recipe(
      Section section, boolean known, List<Strategy> strategies, List<TransferSpec> transfers) {
    Optional<Value> value =
        known && strategies.isEmpty() && transfers.stream().noneMatch(TransferSpec::trains)
            ? section.get("finetune")
            : section.require("finetune", "say how models are fine-tuned, with trainer and data");
    FinetuneSpec finetune = value.map(this::finetune).orElse(null);
    if (finetune != null
        && strategies.contains(Strategy.PLAIN_CUMULATIVE)
        && !finetune.saysLength()) {
      value
          .get()
          .problem(
              "plain-cumulative trains i times as long, and the recipe does not say how long: give"
                  + " max_steps, max_train_steps or num_train_epochs in arguments");
    }
    return finetune;
  }

  /** What a gate has to choose from must not depend on when somebody looked. */
  private static void refuseToDropCheckpoints(
      Section section, List<GateSpec> gates, FinetuneSpec finetune) {
    if (finetune == null || gates.stream().noneMatch(GateSpec::ofCheckpoints)) {
      return;
    }
    finetune
        .flagThatDropsCheckpoints()
        .ifPresent(
            flag ->
                section
                    .get("gates")
                    .orElseThrow()
                    .problem(
                        "a gate that does \"stop\" may want any checkpoint of a training, and %s"
                                .formatted(flag)
                            + " has the trainer delete some; remove it from finetune.arguments"));
  }

  private static List<Strategy> strategies(Value value) {
    List<Strategy> known = List.of(Strategy.values());
    Set<Strategy> strategies = new LinkedHashSet<>();
    for (Value element :
        value.listOrOne(
            "lists no strategy; use one or more of plain, direct, iterative,"
                + " plain-cumulative")) {
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
    ToolReader.Resources resources = ToolReader.resources(section);
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
            resources.gpus(),
            custom,
            limits,
            resources.label());
  }

  /** One λ or several. */
  private static List<Double> scales(Section merge) {
    return merge.get("scale").stream()
        .flatMap(list -> list.listOrOne("lists no number; give one, or remove it").stream())
        .flatMap(scale -> scale.number().stream())
        .toList();
  }

  private static MergeSpec merge(Section section, List<Double> scales) {
    double scale = scales.size() == 1 ? scales.getFirst() : MergeSpec.DEFAULT.scale();
    if (scales.stream().distinct().count() < scales.size()) {
      section.get("scale").orElseThrow().problem("has a number twice; keep one of them");
    }
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
