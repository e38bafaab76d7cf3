package dev.recycler.activities.preview;

import dev.recycler.activities.Lookups;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A folder with tiny models, tools that only tell their versions, and a store. */
final class FinishedSeries {
  private final Path folder;
  private String toolsIn = ".";

  FinishedSeries(Path folder) throws IOException {
    this.folder = folder;
    for (int i = 1; i <= 4; i++) {
      model("m" + i, i);
    }
    write("data/train.jsonl", "{}");
    write("tasks/sums.yaml", "task: sums");
    python("trl 1.16.0, transformers 5.23.0, torch 2.15.0");
  }

  Path folder() {
    return folder;
  }

  /** Its interpreter tells these versions, whichever tool is asked for. */
  void python(String versions) throws IOException {
    String python = toolsIn + "/python";
    write(python, "#!/bin/sh\necho '" + versions + "'\n");
    if (!folder.resolve(python).toFile().setExecutable(true)) {
      throw new IOException("not made executable");
    }
  }

  /** The same tools on a worker that has them elsewhere. */
  void moveTools(String elsewhere) throws IOException {
    toolsIn = elsewhere;
    python("trl 1.16.0, transformers 5.23.0, torch 2.15.0");
  }

  ToolHome tools() {
    return new ToolHome(folder.resolve(toolsIn).resolve("python"), folder.resolve(toolsIn));
  }

  void model(String name, int value) throws IOException {
    write(name + "/config.json", "{}");
    write(name + "/tokenizer.json", "{}");
    weights(name, value, 2);
  }

  void weights(String name, int value, int rows) throws IOException {
    int bytes = rows * 2 * Float.BYTES;
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d,2],\"data_offsets\":[0,%d]}}"
            .formatted(rows, bytes)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    for (int i = 0; i < rows * 2; i++) {
      file.putFloat(value + i);
    }
    Files.write(folder.resolve(name).resolve("model.safetensors"), file.array());
  }

  void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  SeriesPreview preview(SeriesSpec spec) throws IOException, InterruptedException {
    return SeriesPreview.of(spec, Optional.of(tools()), () -> {});
  }

  /** Puts something into the store for each step of a series, as its step would be found by. */
  void finish(SeriesSpec spec) throws IOException, InterruptedException {
    Lookups lookups = new Lookups(tools());
    ArtifactStore store = ArtifactStore.open(Path.of(spec.store()));
    Pins pins = lookups.pins(spec, store.digests(() -> {}));
    Map<String, Artifact> made = new HashMap<>();
    for (PlannedStep step : Plan.of(spec).steps()) {
      StepContext context = new StepContext(spec.series(), step.id(), spec.store());
      switch (step) {
        case PlannedStep.Prepare _ -> {}
        case PlannedStep.Fetch fetch ->
            made.put(
                step.id(),
                new Artifact(
                    fetch.source(),
                    store.digests(() -> {}).ofModel(Path.of(fetch.source())),
                    null,
                    false));
        case PlannedStep.Merge merge -> {
          MergeInput input =
              new MergeInput(
                  context,
                  made.get(merge.target()),
                  made.get(merge.finetuned()),
                  made.get(merge.base()),
                  spec.merge().withScale(merge.model().scale()));
          Map<String, Artifact> inputs = new LinkedHashMap<>();
          inputs.put("target", input.target());
          inputs.put("finetuned", input.finetuned());
          inputs.put("base", input.base());
          made.put(step.id(), publish(store, context, lookups.merge(input), inputs, 1));
        }
        case PlannedStep.Choose choose -> made.put(step.id(), made.get(choose.merges().getLast()));
        case PlannedStep.Gate _, PlannedStep.Publish _ -> {}
        case PlannedStep.Finetune finetune -> {
          Artifact start = made.get(finetune.start());
          FinetuneInput input =
              new FinetuneInput(
                  context, start, spec.finetune().times(finetune.model().times()), pins);
          made.put(
              step.id(),
              publish(store, context, lookups.finetune(input), Map.of("start", start), 7200));
        }
        case PlannedStep.Evaluate evaluate -> {
          Artifact model = made.get(evaluate.model());
          EvaluateInput input =
              new EvaluateInput(context, model, evaluate.scoring().evaluation(), pins);
          made.put(
              step.id(),
              publish(store, context, lookups.evaluate(input), Map.of("model", model), 60));
        }
      }
    }
  }

  private static Artifact publish(
      ArtifactStore store,
      StepContext context,
      Lookups.Key key,
      Map<String, Artifact> inputs,
      double seconds)
      throws IOException {
    try (Staging staging = store.stage(key.fingerprint())) {
      Files.writeString(staging.folder().resolve("model.safetensors"), key.fingerprint().hex());
      StoredArtifact artifact =
          store.publish(
              staging,
              new Lineage(
                  key.parameters(),
                  inputs.entrySet().stream()
                      .map(
                          input ->
                              new Lineage.Input(
                                  input.getKey(),
                                  input.getValue().path(),
                                  input.getValue().digest()))
                      .toList(),
                  List.of(),
                  Map.of(),
                  "host",
                  Instant.EPOCH,
                  Instant.EPOCH,
                  Map.of("seconds", seconds),
                  key.fingerprint().operation().equals("evaluate")
                      ? Map.of("value", 0.5, "file", "score.json")
                      : Map.of("steps", 100, "checkpoints", List.of())),
              () -> {});
      store.link(context.series(), context.step(), artifact.folder());
      return new Artifact(
          artifact.folder().toString(), artifact.digest(), key.fingerprint().hex(), false);
    }
  }
}
