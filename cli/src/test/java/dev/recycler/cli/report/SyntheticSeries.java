package dev.recycler.cli.report;

import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A series that never ran: the steps of Algorithm 1 and its baselines over any number of releases,
 * two at a time, at any second of its life.
 */
public final class SyntheticSeries {
  /** The second at which everything is over. */
  public static final int END = Integer.MAX_VALUE;

  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private static final int STEPS = 100;

  /** Exact match in percent on the tiny series of five releases. */
  private static final Map<String, double[]> FIVE =
      Map.of(
          "base", new double[] {0, 0, 0, 2, 1},
          "plain", new double[] {10, 4.5, 21, 30.5, 35},
          "direct.merged", new double[] {0, 8, 4.5, 12.5, 29},
          "direct", new double[] {0, 21.5, 25.5, 29.5, 34.5},
          "iterative.merged", new double[] {0, 8, 7, 29.5, 70},
          "iterative", new double[] {0, 21.5, 62.5, 83.5, 84.5},
          "plain.checkpoint", new double[] {0, 0, 0, 0, 20},
          "direct.checkpoint", new double[] {0, 0, 0, 0, 27},
          "iterative.checkpoint", new double[] {0, 0, 0, 0, 55});

  private final String name;
  private final List<String> releases;
  private final List<Strategy> strategies;
  private final boolean checkpoints;
  private final ToDoubleFunction<String> scores;
  private final Map<String, Planned> plan = new LinkedHashMap<>();
  private final List<ModelRow> models = new ArrayList<>();
  private final Map<String, String> failures = new HashMap<>();
  private final Set<String> reused = new HashSet<>();
  private boolean standardErrors = true;

  private record Planned(String id, StepKind kind, List<String> needs, int seconds) {}

  private record Times(int start, int end) {}

  private SyntheticSeries(
      String name,
      List<String> releases,
      List<Strategy> strategies,
      boolean checkpoints,
      ToDoubleFunction<String> scores) {
    this.name = name;
    this.releases = releases;
    this.strategies = strategies;
    this.checkpoints = checkpoints;
    this.scores = scores;
    lay();
  }

  /** Five releases, three strategies, checkpoints scored at the last release. */
  public static SyntheticSeries five() {
    return new SyntheticSeries(
        "mini",
        List.of("M1", "M2", "M3", "M4", "M5"),
        List.of(Strategy.ITERATIVE, Strategy.DIRECT, Strategy.PLAIN),
        true,
        key -> {
          int release = key.charAt(1) - '1';
          double[] row = FIVE.get(key.substring(3));
          return row[release] / 100;
        });
  }

  /** So many releases and all strategies, nothing scored on the way. */
  public static SyntheticSeries many(int count) {
    return new SyntheticSeries(
        "many",
        IntStream.rangeClosed(1, count).mapToObj(i -> "M" + i).toList(),
        List.of(Strategy.PLAIN, Strategy.DIRECT, Strategy.ITERATIVE),
        false,
        key -> {
          int dot = key.indexOf('.');
          double age = Integer.parseInt(key.substring(1, dot)) / (double) count;
          return switch (key.substring(dot + 1)) {
            case "base" -> 0.1 + 0.3 * age;
            case "plain" -> 0.3 + 0.3 * age;
            case "direct.merged" -> 0.2 + 0.3 * age;
            case "direct" -> 0.33 + 0.32 * age;
            case "iterative.merged" -> 0.25 + 0.5 * age;
            default -> 0.35 + 0.6 * age;
          };
        });
  }

  /** Two releases and all strategies, checkpoints scored at the second. */
  public static SyntheticSeries two() {
    return new SyntheticSeries(
        "two",
        List.of("M1", "M2"),
        List.of(Strategy.PLAIN, Strategy.DIRECT, Strategy.ITERATIVE),
        true,
        key -> 0.25);
  }

  /** Two releases with one strategy only. */
  public static SyntheticSeries only(Strategy strategy) {
    return named("single", strategy);
  }

  /** Two releases with one strategy only, under a name of one's own. */
  public static SyntheticSeries named(String name, Strategy strategy) {
    return new SyntheticSeries(name, List.of("M1", "M2"), List.of(strategy), false, key -> 0.25);
  }

  /** From the moment at which it would be done, this step has failed for good. */
  public SyntheticSeries failing(String step, String failure) {
    failures.put(step, failure);
    return this;
  }

  /** This step's result was in the store already. */
  public SyntheticSeries reusing(String step) {
    reused.add(step);
    return this;
  }

  /** The harness gives no standard errors. */
  public SyntheticSeries withoutStandardErrors() {
    standardErrors = false;
    return this;
  }

  /** The moment so many seconds after the start. */
  public static Instant at(int second) {
    return START.plusSeconds(second);
  }

  /** The series so many seconds after its start. */
  public SeriesProgress progress(int second) {
    return progress(second, false);
  }

  /** The series that was cancelled so many seconds after its start. */
  public SeriesProgress cancelled(int second) {
    return progress(second, true);
  }

  private SeriesProgress progress(int second, boolean cancelled) {
    Map<String, Times> times = schedule();
    List<StepProgress> steps = new ArrayList<>();
    Set<String> hopeless = new HashSet<>();
    boolean busy = false;
    for (Planned step : plan.values()) {
      Times time = times.get(step.id());
      if (step.needs().stream().anyMatch(hopeless::contains)) {
        hopeless.add(step.id());
        steps.add(step(step, cancelled ? StepState.CANCELLED : StepState.WAITING, null));
        continue;
      }
      boolean over = time.end() <= second;
      StepState state =
          over && failures.containsKey(step.id())
              ? StepState.FAILED
              : over
                  ? StepState.DONE
                  : cancelled
                      ? StepState.CANCELLED
                      : time.start() <= second ? StepState.RUNNING : StepState.WAITING;
      if (state == StepState.FAILED) {
        hopeless.add(step.id());
      }
      busy |= state == StepState.RUNNING || state == StepState.WAITING;
      steps.add(step(step, state, time));
    }
    SeriesState state =
        cancelled
            ? SeriesState.CANCELLED
            : busy
                ? SeriesState.RUNNING
                : hopeless.isEmpty() ? SeriesState.FINISHED : SeriesState.FAILED;
    return new SeriesProgress(spec(), state, null, steps, models);
  }

  private StepProgress step(Planned step, StepState state, Times time) {
    boolean done = state == StepState.DONE;
    boolean started = time != null && state != StepState.WAITING && state != StepState.CANCELLED;
    boolean found = done && reused.contains(step.id());
    String path = done && step.kind() != StepKind.PREPARE ? "/data/recycler/" + folder(step) : null;
    return new StepProgress(
        step.id(),
        step.kind(),
        state,
        step.needs(),
        started ? at(time.start()) : null,
        started && state != StepState.RUNNING ? at(time.end()) : null,
        path,
        found,
        state == StepState.FAILED ? failures.get(step.id()) : null,
        state == StepState.FAILED ? "TOOL" : null,
        done && step.kind() == StepKind.FINETUNE
            ? new Steps.Finetuned(
                new Artifact(path, "0".repeat(64), "1".repeat(64), found),
                List.of(),
                STEPS,
                step.seconds() - 2,
                1)
            : null,
        done && step.kind() == StepKind.EVALUATE ? score(step, path, found) : null);
  }

  private static String folder(Planned step) {
    return switch (step.kind()) {
      case FETCH -> "releases/" + step.id().replace(".fetch", "");
      case EVALUATE -> "scores/" + step.id().replace(".evaluate.sums", "");
      default -> "models/" + step.id();
    };
  }

  private Steps.Score score(Planned step, String path, boolean found) {
    String key =
        step.id()
            .replace(".evaluate.sums", "")
            .replace(".finetuned", "")
            .replace(".checkpoint-50", ".checkpoint");
    double value = scores.applyAsDouble(key);
    return new Steps.Score(
        "sums",
        "sums",
        "exact_match,final-answer",
        value,
        standardErrors ? (Double) Math.sqrt(value * (1 - value) / 199) : null,
        200,
        "lm-eval 0.4.13",
        "1",
        path + "/results.json",
        found);
  }

  private void lay() {
    add("prepare", StepKind.PREPARE, 1);
    for (int i = 0; i < releases.size(); i++) {
      String release = releases.get(i);
      String fetch = release + ".fetch";
      add(fetch, StepKind.FETCH, 2, "prepare");
      String base = score(release + ".base", fetch);
      models.add(
          new ModelRow(
              null,
              release,
              fetch,
              null,
              null,
              List.of(),
              List.of(new ModelRow.ScoreStep("sums", "base", 0, base))));
      for (Strategy strategy : Strategy.values()) {
        if (strategies.contains(strategy)) {
          models.add(model(strategy, i));
        }
      }
    }
  }

  private ModelRow model(Strategy strategy, int release) {
    String name = releases.get(release) + "." + owner(strategy, release).key();
    List<String> chain = chain(strategy, release);
    List<ModelRow.ScoreStep> scored = new ArrayList<>();
    String merge = null;
    String start = releases.get(release) + ".fetch";
    if (strategy != Strategy.PLAIN && release > 0) {
      merge = name + ".merge";
      add(merge, StepKind.MERGE, 1, start, chain.get(chain.size() - 2));
      start = merge;
      scored.add(new ModelRow.ScoreStep("sums", "merged", 0, score(name + ".merged", merge)));
    }
    String finetune = name + ".finetune";
    add(finetune, StepKind.FINETUNE, 14, start);
    if (checkpoints && release == releases.size() - 1) {
      scored.add(
          new ModelRow.ScoreStep(
              "sums", "checkpoint", 50, score(name + ".checkpoint-50", finetune)));
    }
    scored.add(
        new ModelRow.ScoreStep("sums", "finetuned", 0, score(name + ".finetuned", finetune)));
    return new ModelRow(
        strategy,
        releases.get(release),
        releases.get(release) + ".fetch",
        merge,
        finetune,
        chain,
        scored);
  }

  private List<String> chain(Strategy strategy, int release) {
    String own = releases.get(release) + "." + owner(strategy, release).key() + ".finetune";
    List<String> chain = new ArrayList<>();
    if (release > 0 && strategy != Strategy.PLAIN) {
      Strategy before = strategy == Strategy.DIRECT ? Strategy.PLAIN : Strategy.ITERATIVE;
      if (!strategies.contains(Strategy.PLAIN) && before == Strategy.PLAIN) {
        add(releases.get(release - 1) + ".plain.finetune", StepKind.FINETUNE, 14);
      }
      chain.addAll(chain(before, release - 1));
    }
    chain.add(own);
    return chain;
  }

  /** The first strategy that yields the same model. */
  private Strategy owner(Strategy strategy, int release) {
    if (release == 0 && (strategies.contains(Strategy.PLAIN) || strategy == Strategy.PLAIN)) {
      return Strategy.PLAIN;
    }
    boolean same = release == 1 && strategy == Strategy.ITERATIVE;
    return same && strategies.contains(Strategy.DIRECT) ? Strategy.DIRECT : strategy;
  }

  private String score(String model, String makes) {
    String id = model + ".evaluate.sums";
    add(id, StepKind.EVALUATE, 9, makes);
    return id;
  }

  private void add(String id, StepKind kind, int seconds, String... needs) {
    plan.putIfAbsent(id, new Planned(id, kind, List.of(needs), seconds));
  }

  /** Who runs when, two at a time, first come first served. */
  private Map<String, Times> schedule() {
    Map<String, Times> times = new HashMap<>();
    PriorityQueue<Integer> slots = new PriorityQueue<>(List.of(0, 0));
    List<Planned> open = new ArrayList<>(plan.values());
    while (!open.isEmpty()) {
      Planned next =
          open.stream()
              .filter(step -> times.keySet().containsAll(step.needs()))
              .min(Comparator.comparingInt(step -> ready(step, times)))
              .orElseThrow();
      open.remove(next);
      int start = Math.max(slots.remove(), ready(next, times));
      int end = start + (reused.contains(next.id()) ? 1 : next.seconds());
      slots.add(end);
      times.put(next.id(), new Times(start, end));
    }
    return times;
  }

  private static int ready(Planned step, Map<String, Times> times) {
    return step.needs().stream().mapToInt(id -> times.get(id).end()).max().orElse(0);
  }

  private SeriesSpec spec() {
    return new SeriesSpec(
        name,
        "/data/recycler",
        releases.stream().map(release -> new Release(release, "/models/" + release)).toList(),
        strategies,
        new FinetuneSpec(
            "trl",
            null,
            "/data/train",
            new LinkedHashMap<>(Map.of("learning_rate", "1e-3")),
            Map.of()),
        MergeSpec.DEFAULT,
        List.of(
            new EvaluationSpec(
                "sums",
                "lm-eval",
                null,
                "sums",
                "exact_match,final-answer",
                List.of(),
                List.of(),
                Set.of(Subject.values()),
                Map.of(),
                Map.of())));
  }
}
