package dev.recycler.activities.training;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.LogReader;
import dev.recycler.activities.process.ToolEnvironment;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.ModelFiles;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.activities.training.Checkpoints.Saved;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Makes the artifact of a finished training. */
record TrainingPublisher(
    FindOrMake.Making making,
    ToolHost host,
    FinetuneInput input,
    Trainer trainer,
    ToolEnvironment environment,
    StepMonitor monitor) {
  /**
   * What the step returns, beside the artifact itself.
   *
   * @param stopped why a checkpoint is the model, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Result(
      long steps,
      double seconds,
      int attempts,
      List<Long> checkpoints,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Long> damaged,
      String stopped) {}

  StoredArtifact publish(
      Map<String, Object> parameters,
      Path run,
      Attempt last,
      FinishedTraining finished,
      Runnable tick)
      throws IOException {
    List<Attempt> attempts = host.supervision().begun(run);
    try (Staging staging = making.store().stage(making.fingerprint())) {
      // Pickles are nothing that a model is read from.
      linkFiles(finished.model(), staging.folder(), name -> !name.matches(".*\\.(bin|pt|pth)"));
      for (Saved saved : models(finished)) {
        Path folder = staging.folder().resolve("checkpoints/step-" + saved.step());
        Files.createDirectories(folder);
        linkFiles(saved.folder(), folder, ModelFiles::includes);
        // Some trainers save the bare weights; the rest of the model is the same at every step.
        linkFiles(
            finished.model(),
            folder,
            name -> isCompanion(name) && !Files.exists(folder.resolve(name)));
      }
      host.keepLogs(run, staging.folder().resolve("logs"), environment);
      return making.publish(staging, lineage(parameters, attempts, last, finished), tick);
    }
  }

  /** Whether a file of a model folder is part of the model, and not of its weights. */
  static boolean isCompanion(String name) {
    return ModelFiles.includes(name) && !name.matches(".*\\.safetensors(\\.index\\.json)?");
  }

  /** The states on the way that can be read as models. */
  private static List<Saved> models(FinishedTraining finished) throws IOException {
    List<Saved> models = new ArrayList<>();
    for (Saved saved : finished.checkpoints()) {
      if (Checkpoints.holdsModel(saved.folder())) {
        models.add(saved);
      }
    }
    return models;
  }

  static void linkFiles(Path from, Path to, Predicate<String> wanted) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (wanted.test(name)) {
          Checkpoints.linkFile(file, to.resolve(name));
        }
      }
    }
  }

  private Lineage lineage(
      Map<String, Object> parameters,
      List<Attempt> attempts,
      Attempt last,
      FinishedTraining finished)
      throws IOException {
    FinetuneSpec spec = input.finetune();
    double seconds = 0;
    List<List<String>> commands = new ArrayList<>();
    for (Attempt attempt : attempts) {
      seconds += attempt.seconds();
      commands.add(attempt.arguments());
    }
    String tool =
        input.pins().tools().getOrDefault(Pins.tool(spec.trainer(), spec.python()), "unpinned");
    Map<String, Object> metrics = new TreeMap<>();
    metrics.put("steps", finished.steps());
    metrics.put("seconds", seconds);
    metrics.put("attempts", attempts.size());
    Waste waste = waste(attempts);
    metrics.put("stepsTrainedAgain", waste.steps());
    metrics.put("secondsWasted", waste.seconds());
    metrics.put("gpus", spec.gpus());
    if (finished.loss() != null) {
      metrics.put("loss", finished.loss());
    }
    return new Lineage(
        parameters,
        List.of(
            new Lineage.Input("start", input.start().path(), input.start().digest()),
            new Lineage.Input("data", spec.data(), (String) parameters.get("data"))),
        commands,
        Map.of(spec.trainer(), tool),
        monitor.host(),
        attempts.getFirst().claimed(),
        last.exit().orElseThrow().ended(),
        metrics,
        new Result(
            finished.steps(),
            seconds,
            attempts.size(),
            models(finished).stream().map(Saved::step).toList(),
            finished.damaged(),
            null));
  }

  /**
   * What of the attempts had to be done again.
   *
   * @param steps trained by more than one attempt: those after the checkpoint that was gone on from
   * @param seconds of the attempts that failed, less the share whose steps were kept; one that
   *     saved nothing was all in vain, its start included
   */
  private record Waste(long steps, double seconds) {}

  private Waste waste(List<Attempt> attempts) throws IOException {
    long steps = 0;
    double seconds = 0;
    for (int i = 1; i < attempts.size(); i++) {
      Attempt failed = attempts.get(i - 1);
      TrainingLog log = trainer.log();
      new LogReader(failed.log()).finish(log::accept);
      long begun = TrainingJob.resumedFrom(failed);
      long kept = TrainingJob.resumedFrom(attempts.get(i));
      steps += Math.max(0, log.step() - kept);
      double share = log.step() > begun ? (double) (kept - begun) / (log.step() - begun) : 0;
      seconds += failed.seconds() * (1 - Math.clamp(share, 0.0, 1.0));
    }
    return new Waste(steps, seconds);
  }
}
