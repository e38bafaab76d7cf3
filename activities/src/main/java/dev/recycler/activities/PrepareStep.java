package dev.recycler.activities;

import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.ContentDigests;
import dev.recycler.activities.store.KeepPolicies.Keep;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Pins what a series must not change under it: the content of its data, the versions of its tools.
 */
final class PrepareStep implements Step<SeriesSpec, Pins> {
  private final ToolHome tools;

  PrepareStep(ToolHome tools) {
    this.tools = tools;
  }

  @Override
  public Pins run(SeriesSpec spec, StepMonitor monitor) throws IOException, InterruptedException {
    Beat beat = new Beat(monitor, "prepare", "reading");
    ArtifactStore store = ArtifactStore.open(Path.of(spec.store()));
    store.garbage().policies().set(spec.series(), keep(spec));
    return pins(spec, store.digests(beat));
  }

  /** What collecting leaves of the series; nothing where that is all of it. */
  private static Optional<Keep> keep(SeriesSpec spec) {
    return Optional.ofNullable(spec.keep())
        .map(keep -> new Keep(keep.merged(), spec.releases().stream().map(Release::name).toList()));
  }

  Pins pins(SeriesSpec spec, ContentDigests digests) throws IOException, InterruptedException {
    Map<String, String> contents = new TreeMap<>();
    Map<String, String> versions = new TreeMap<>();

    if (spec.finetune() != null) {
      pin(spec.finetune().data(), digests, contents);
      version(spec.finetune().trainer(), spec.finetune().python(), versions);
    }
    for (EvaluationSpec evaluation : spec.evaluate()) {
      for (List<String> paths : List.of(evaluation.include(), evaluation.data())) {
        for (String path : paths) {
          pin(path, digests, contents);
        }
      }
      version(evaluation.harness(), evaluation.python(), versions);
    }
    return new Pins(contents, versions);
  }

  private static void pin(String path, ContentDigests digests, Map<String, String> contents)
      throws IOException {
    Path file = Path.of(path);
    if (!Files.exists(file)) {
      throw new StepFailed(
          FailureKind.USER, path + " does not exist on this worker; the series file names it");
    }
    contents.put(path, digests.ofData(file));
  }

  private void version(String tool, String python, Map<String, String> versions)
      throws IOException, InterruptedException {
    String key = Pins.tool(tool, python);
    if (!versions.containsKey(key)) {
      Path executable = python == null ? tools.python() : Path.of(python);
      versions.put(key, PythonPackages.versions(executable, tool));
    }
  }
}
