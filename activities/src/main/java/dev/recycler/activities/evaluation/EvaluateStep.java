package dev.recycler.activities.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.ToolBeats;
import dev.recycler.activities.process.ToolEnvironment;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.Score;
import dev.recycler.workflows.spec.EvaluationSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Scores one model on one task under supervision. The artifact holds {@code score.json}, the
 * harness's own files in {@code raw/}, and {@code logs/attempt-N.log}.
 */
public final class EvaluateStep implements Step<EvaluateInput, Score> {
  /** Changed whenever the adapter would give other scores for the same evaluation. */
  private static final int ADAPTER = 1;

  private static final String RAW = "raw";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ToolHome tools;
  private final ToolHost host;
  private final FindOrMake store;

  public EvaluateStep(ToolHome tools, ToolHost host, FindOrMake store) {
    this.tools = tools;
    this.host = host;
    this.store = store;
  }

  @Override
  public Score run(EvaluateInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    EvaluationSpec spec = input.evaluation();
    Harness harness = Harness.of(spec, tools);
    harness.check(spec, Path.of(input.model().path()));
    Map<String, Object> parameters = parameters(input);
    Fingerprint fingerprint = Fingerprint.of("evaluate", parameters);
    ToolBeats beats = new ToolBeats(monitor, input.context().step(), "requests");
    FindOrMake.Found found =
        store.findOrMake(
            new FindOrMake.Wanted(input.context(), fingerprint, List.of(input.model())),
            () -> beats.waiting("reading the model"),
            making -> evaluate(input, harness, making, parameters, beats, monitor));
    return score(spec, found.artifact(), found.reused());
  }

  @Override
  public Optional<Score> find(EvaluateInput input, StepMonitor monitor) throws IOException {
    ToolBeats beats = new ToolBeats(monitor, input.context().step(), "requests");
    Optional<FindOrMake.Found> found =
        store.find(
            new FindOrMake.Wanted(
                input.context(),
                Fingerprint.of("evaluate", parameters(input)),
                List.of(input.model())),
            () -> beats.waiting("reading the model"));
    return found.isPresent()
        ? Optional.of(score(input.evaluation(), found.get().artifact(), true))
        : Optional.empty();
  }

  /** What determines the result: the fingerprint is taken of this. */
  public static Map<String, Object> parameters(EvaluateInput input) {
    EvaluationSpec spec = input.evaluation();
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("model", input.model().digest());
    parameters.put("harness", spec.harness());
    parameters.put("task", spec.task());
    parameters.put("metric", spec.metric());
    parameters.put("include", contents(spec.include(), input.pins()));
    parameters.put("data", contents(spec.data(), input.pins()));
    parameters.put("arguments", spec.arguments());
    parameters.put("environment", spec.environment());
    parameters.put("tool", tool(input));
    parameters.put("adapter", ADAPTER);
    if (!spec.command().isEmpty()) {
      parameters.put("command", spec.command());
    }
    return parameters;
  }

  private static List<String> contents(List<String> paths, Pins pins) {
    return paths.stream().map(path -> pins.contents().getOrDefault(path, "unpinned")).toList();
  }

  private static String tool(EvaluateInput input) {
    EvaluationSpec spec = input.evaluation();
    return input.pins().tools().getOrDefault(Pins.tool(spec.harness(), spec.python()), "unpinned");
  }

  /** Harness and version, as far as it is known. */
  private static String harnessName(EvaluateInput input) {
    String first = tool(input).split(",", 2)[0];
    return first.isEmpty() || first.equals("unpinned") ? input.evaluation().harness() : first;
  }

  private StoredArtifact evaluate(
      EvaluateInput input,
      Harness harness,
      FindOrMake.Making making,
      Map<String, Object> parameters,
      ToolBeats beats,
      StepMonitor monitor)
      throws IOException, InterruptedException {
    EvaluationSpec spec = input.evaluation();
    ToolEnvironment environment =
        ToolEnvironment.of(System.getenv(), harness.environment(), spec.environment());
    Path run = making.store().work(making.fingerprint());
    ScoringJob job = new ScoringJob(input, harness, environment, beats, making);
    Attempt attempt = host.run(run, job);
    Harness.Result result =
        ToolHost.judged(
            attempt, harness.name(), environment, ended -> harness.result(spec, ended.output()));
    try (Staging staging = making.store().stage(making.fingerprint())) {
      Path raw = staging.folder().resolve(RAW);
      copyTree(attempt.output(), raw, environment);
      String file = RAW + "/" + attempt.output().relativize(result.file());
      Kept kept =
          new Kept(
              spec.task(),
              result.metric(),
              result.value(),
              result.standardError(),
              result.examples(),
              harnessName(input),
              result.taskVersion(),
              file);
      Files.write(
          staging.folder().resolve("score.json"),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(kept));
      host.keepLogs(run, staging.folder().resolve("logs"), environment);
      return making.publish(
          staging,
          lineage(input, parameters, run, attempt, kept, monitor),
          () -> job.publishing(attempt));
    }
  }

  private Lineage lineage(
      EvaluateInput input,
      Map<String, Object> parameters,
      Path run,
      Attempt last,
      Kept kept,
      StepMonitor monitor)
      throws IOException {
    List<Attempt> attempts = host.supervision().begun(run);
    List<List<String>> commands = new ArrayList<>();
    double seconds = 0;
    for (Attempt attempt : attempts) {
      seconds += attempt.seconds();
      commands.add(attempt.arguments());
    }
    return new Lineage(
        parameters,
        List.of(new Lineage.Input("model", input.model().path(), input.model().digest())),
        commands,
        Map.of(input.evaluation().harness(), tool(input)),
        monitor.host(),
        attempts.getFirst().claimed(),
        last.exit().orElseThrow().ended(),
        Map.of(
            "seconds",
            seconds,
            // A harness begins anew each time.
            "secondsWasted",
            seconds - last.seconds(),
            "attempts",
            attempts.size(),
            "gpus",
            input.evaluation().gpus()),
        kept);
  }

  /** What {@code score.json} holds; {@code file} is relative to the artifact. */
  private record Kept(
      String task,
      String metric,
      double value,
      Double standardError,
      long examples,
      String harness,
      String taskVersion,
      String file) {}

  /** What the step returns for an artifact of the store. */
  public static Score score(EvaluationSpec spec, StoredArtifact scored, boolean reused)
      throws IOException {
    JsonNode result = scored.result();
    Kept kept = JSON.treeToValue(result, Kept.class);
    return new Score(
        spec.name(),
        kept.task(),
        kept.metric(),
        kept.value(),
        kept.standardError(),
        kept.examples(),
        kept.harness(),
        kept.taskVersion(),
        scored.folder().resolve(kept.file()).toString(),
        reused);
  }

  private static void copyTree(Path from, Path to, ToolEnvironment environment) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path source : tree.toList()) {
        Path target = to.resolve(from.relativize(source).toString());
        if (Files.isDirectory(source)) {
          Files.createDirectories(target);
        } else {
          environment.copyRedacted(source, target);
        }
      }
    }
  }
}
