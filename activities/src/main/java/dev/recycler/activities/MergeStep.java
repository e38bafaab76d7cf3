package dev.recycler.activities;

import dev.recycler.activities.figures.StepFigures;
import dev.recycler.activities.merge.DeltaStats;
import dev.recycler.activities.merge.LoadMode;
import dev.recycler.activities.merge.MergeEngine;
import dev.recycler.activities.merge.MergeReport;
import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.step.MergeRoom;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.spec.MergeSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** {@code target + scale · (finetuned − base)}, into the store. */
final class MergeStep implements Step<Steps.MergeInput, Artifact> {
  /** Changed whenever the same inputs would give other bytes. */
  private static final String ARITHMETIC = "float64, rounded to float32, rounded to dtype";

  private final FindOrMake store;
  private final MergeRoom room;

  MergeStep(FindOrMake store, MergeRoom room) {
    this.store = store;
    this.room = room;
  }

  @Override
  public Artifact run(Steps.MergeInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    Beat beat = new Beat(monitor, input.context().step(), "merging");
    Map<String, Object> parameters = parameters(input);
    Fingerprint fingerprint = Fingerprint.of("merge", parameters);
    FindOrMake.Found found =
        store.findOrMake(
            new FindOrMake.Wanted(
                input.context(),
                fingerprint,
                List.of(input.base(), input.finetuned(), input.target())),
            beat,
            making -> merge(input, parameters, making, beat, monitor));
    StoredArtifact merged = found.artifact();
    return new Artifact(
        merged.folder().toString(), merged.digest(), fingerprint.hex(), found.reused());
  }

  private StoredArtifact merge(
      Steps.MergeInput input,
      Map<String, Object> parameters,
      FindOrMake.Making making,
      Beat beat,
      StepMonitor monitor)
      throws IOException, InterruptedException {
    Path root = making.store().root();
    try (MergeRoom.Place _ =
            room.enter(root, outputBytes(input, root), why -> waiting(why, making, beat));
        Staging staging = making.store().stage(making.fingerprint())) {
      Instant started = Instant.now();
      MergeReport report =
          MergeEngine.writeInto(
              request(input, staging.folder()),
              staging.folder(),
              progress ->
                  beat.at(
                      "merging",
                      progress.bytesDone(),
                      progress.bytesTotal(),
                      progress.bytesPerSecond(),
                      progress.secondsLeft()));
      StepFigures.merged(report.bytesRead(), bytesWritten(report));
      for (MergeReport.OutputFile file : report.outputs().getFirst().files()) {
        staging.digestKnown(file.name(), file.sha256());
      }
      Lineage lineage =
          new Lineage(
              parameters,
              List.of(
                  of("base", input.base()),
                  of("finetuned", input.finetuned()),
                  of("target", input.target())),
              List.of(),
              Map.of("java", Runtime.version().toString(), "kernels", report.kernels()),
              monitor.host(),
              started,
              Instant.now(),
              metrics(report),
              null);
      return making.publish(staging, lineage, beat);
    } catch (BadCheckpointException e) {
      throw new StepFailed(FailureKind.USER, e.getMessage(), e);
    }
  }

  private static Map<String, Object> metrics(MergeReport report) {
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("tensors", report.tensors());
    metrics.put("values", report.values());
    metrics.put("bytesRead", report.bytesRead());
    metrics.put("seconds", report.seconds());
    metrics.put("padded", report.padded());
    metrics.put("notes", report.notes());
    report.analysis().ifPresent(analysis -> metrics.put("analysis", figures(analysis.all())));
    return metrics;
  }

  /** What is finite of the measurements over the whole model. */
  private static Map<String, Double> figures(DeltaStats all) {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("deltaNorm", all.deltaNorm());
    figures.put("baseNorm", all.baseNorm());
    figures.put("relativeNorm", all.relativeNorm());
    figures.put("targetDistance", all.targetDistance());
    figures.put("cosine", all.cosine());
    figures.put("changedShare", all.changedShare());
    figures.values().removeIf(value -> !Double.isFinite(value));
    return figures;
  }

  private static long bytesWritten(MergeReport report) {
    return report.outputs().stream()
        .flatMap(output -> output.files().stream())
        .mapToLong(MergeReport.OutputFile::bytes)
        .sum();
  }

  private static long outputBytes(Steps.MergeInput input, Path root) throws IOException {
    return MergeEngine.preview(request(input, root.resolve("merge-" + UUID.randomUUID())))
        .outputBytes();
  }

  private static void waiting(String why, FindOrMake.Making making, Beat beat) {
    making.requireMissing();
    beat.at(why, 0, 0, Double.NaN, Double.NaN);
  }

  /** What determines the result: the fingerprint is taken of this. */
  static Map<String, Object> parameters(Steps.MergeInput input) {
    MergeSpec merge = input.merge();
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("base", input.base().digest());
    parameters.put("finetuned", input.finetuned().digest());
    parameters.put("target", input.target().digest());
    parameters.put("scale", merge.scale());
    parameters.put("load", merge.load());
    parameters.put("dtype", merge.dtype() == null ? "target's" : merge.dtype());
    parameters.put("arithmetic", ARITHMETIC);
    return parameters;
  }

  static MergeRequest request(Steps.MergeInput input, Path out) {
    MergeSpec merge = input.merge();
    MergeRequest request =
        MergeRequest.of(
                Path.of(input.base().path()),
                Path.of(input.finetuned().path()),
                Path.of(input.target().path()),
                out)
            .withScales(List.of(merge.scale()))
            .withLoad(merge.load().equals("bfloat16") ? LoadMode.BFLOAT16 : LoadMode.STORED)
            .withAnalyze(input.analyze())
            .withDigests(
                Map.of(
                    "base", input.base().digest(),
                    "finetuned", input.finetuned().digest(),
                    "target", input.target().digest()));
    return merge.dtype() == null ? request : request.withDtype(Dtype.parseFloat(merge.dtype()));
  }

  private static Lineage.Input of(String role, Artifact artifact) {
    return new Lineage.Input(role, artifact.path(), artifact.digest());
  }
}
