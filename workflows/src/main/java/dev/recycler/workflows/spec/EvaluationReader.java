package dev.recycler.workflows.spec;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads the scores that a series file asks for. */
final class EvaluationReader {
  private static final Set<Subject> DEFAULT_SUBJECTS =
      EnumSet.of(Subject.BASE, Subject.MERGED, Subject.FINETUNED);

  private final Places places;
  private final boolean merges;
  private final List<String> releases;
  private final Map<String, Value> names = new LinkedHashMap<>();

  /**
   * @param merges whether the series merges anything
   */
  EvaluationReader(Places places, boolean merges, List<Release> releases) {
    this.places = places;
    this.merges = merges;
    this.releases = releases.stream().map(Release::name).toList();
  }

  List<EvaluationSpec> read(Value value) {
    List<EvaluationSpec> evaluations = new ArrayList<>();
    for (Value element : value.list()) {
      Section.of(element, Keys.EVALUATION)
          .ifPresent(section -> evaluations.addAll(evaluations(section)));
    }
    return evaluations;
  }

  private List<EvaluationSpec> evaluations(Section section) {
    Optional<String> harness =
        section
            .require("harness", "use \"harness: lm-eval\"")
            .flatMap(value -> value.oneOf("a harness", Tool.names(Tool.HARNESSES)));
    Optional<String> python = section.get("python").flatMap(places::python);
    Optional<String> metric = section.get("metric").flatMap(Value::text);
    List<String> include = each(section.get("include"), places::folder);
    List<String> data = each(section.get("data"), places::data);
    Set<Subject> of = section.get("of").map(this::subjects).orElse(DEFAULT_SUBJECTS);
    List<String> checkpointsOf = checkpointsOf(section, of);
    Map<String, String> arguments =
        ToolReader.arguments(section, harness.map(name -> Tool.named(Tool.HARNESSES, name)));
    Map<String, String> environment = ToolReader.environment(section);
    ToolReader.Resources resources = ToolReader.resources(section);
    TimeLimits limits = ToolReader.limits(section);
    List<String> command = ToolReader.command(section, harness);
    return tasks(section).entrySet().stream()
        .filter(named -> harness.isPresent() && !of.isEmpty())
        .map(
            named ->
                new EvaluationSpec(
                    named.getKey(),
                    harness.get(),
                    python.orElse(null),
                    named.getValue(),
                    metric.orElse(null),
                    include,
                    data,
                    of,
                    arguments,
                    environment,
                    resources.gpus(),
                    command,
                    checkpointsOf,
                    limits,
                    resources.label()))
        .toList();
  }

  /** The harness's tasks by the names of their scores. */
  private Map<String, String> tasks(Section section) {
    Optional<Value> task = section.get("task");
    Optional<Value> several = section.get("tasks");
    Optional<Value> name = section.get("name");
    Map<String, String> tasks = new LinkedHashMap<>();
    if (task.isPresent() && several.isPresent()) {
      several.get().problem("stands beside task; keep one of them");
    } else if (several.isPresent()) {
      name.ifPresent(value -> value.problem("several tasks are named by themselves; remove it"));
      for (Value value : several.get().list("lists no task; name at least one")) {
        value.text().ifPresent(text -> tasks.put(claim(nameOf(text), value), text));
      }
    } else {
      Optional<String> text =
          section.require("task", "name the harness's task").flatMap(Value::text);
      Optional<String> named =
          name.isPresent() ? name.flatMap(Value::name) : text.map(EvaluationReader::nameOf);
      if (text.isPresent() && named.isPresent()) {
        tasks.put(claim(named.get(), name.or(() -> task).orElseThrow()), text.get());
      }
    }
    return tasks;
  }

  private String claim(String name, Value value) {
    SeriesReader.refuseTwice(names, name, Optional.of(value), "name of the score");
    return name;
  }

  /** A task's name as the name of a score: {@code gsm8k::tulu} becomes {@code gsm8k-tulu}. */
  private static String nameOf(String task) {
    return task.replaceAll("[^A-Za-z0-9_]+", "-").replaceAll("^-+|-+$", "");
  }

  private Set<Subject> subjects(Value value) {
    List<Subject> known = List.of(Subject.values());
    Set<Subject> subjects = EnumSet.noneOf(Subject.class);
    for (Value element :
        value.listOrOne(
            "lists nothing to score; use one or more of base, merged, finetuned, checkpoints")) {
      Optional<Subject> subject = element.oneOf("something to score", known, Subject::key);
      subject.ifPresent(subjects::add);
      if (subject.equals(Optional.of(Subject.MERGED)) && !merges) {
        element.problem(
            "plain fine-tuning merges nothing; remove \"merged\", or add iterative or direct to"
                + " strategies");
      }
    }
    return subjects;
  }

  private List<String> checkpointsOf(Section section, Set<Subject> of) {
    Optional<Value> value = section.get("checkpoints-of");
    if (value.isPresent() && !of.contains(Subject.CHECKPOINTS)) {
      value.get().problem("no checkpoint is scored; add \"checkpoints\" to of, or remove it");
    }
    return each(value, release -> release.oneOf("a release", releases));
  }

  private static List<String> each(Optional<Value> value, Function<Value, Optional<String>> read) {
    return value.stream()
        .flatMap(list -> list.listOrOne("lists nothing; name at least one, or remove it").stream())
        .map(element -> read.apply(element).orElse(null))
        .filter(Objects::nonNull)
        .toList();
  }
}
