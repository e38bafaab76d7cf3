package dev.recycler.activities.preview;

import dev.recycler.activities.Lookups;
import dev.recycler.activities.merge.MergeEngine;
import dev.recycler.activities.merge.MergePreview;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.TensorInfo;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the published models' headers and small files say before anything runs. A model that is yet
 * to be fine-tuned has the shapes of what it is tuned from, and stands for it.
 */
final class Preflight {
  private static final int LIMIT = 64 << 20;

  /** Small files in which releases may differ in a way that matters to a transfer. */
  private static final Map<String, String> SMALL_FILES = new LinkedHashMap<>();

  static {
    SMALL_FILES.put("tokenizer.json", "tokenizer");
    SMALL_FILES.put("chat_template.jinja", "chat template");
    SMALL_FILES.put("tokenizer_config.json", "tokenizer's settings, its chat template perhaps");
  }

  private final SeriesSpec spec;
  private final Plan plan;
  private final Lookups lookups;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Long> values = new HashMap<>();
  private final Map<String, Long> mergedBytes = new HashMap<>();
  private final Map<List<Path>, Optional<MergePreview>> seen = new HashMap<>();

  private Preflight(SeriesSpec spec, Plan plan, Lookups lookups) {
    this.spec = spec;
    this.plan = plan;
    this.lookups = lookups;
  }

  static Preflight of(SeriesSpec spec, Plan plan, Lookups lookups) throws IOException {
    Preflight preflight = new Preflight(spec, plan, lookups);
    preflight.releases();
    if (preflight.findings.stream().noneMatch(Finding::error)) {
      for (PlannedStep step : plan.steps()) {
        if (step instanceof PlannedStep.Merge merge) {
          preflight.merge(merge);
        }
      }
      preflight.smallFiles();
    }
    preflight.elsewhere();
    return preflight;
  }

  List<Finding> findings() {
    return findings;
  }

  /** How many numbers a model has, by those of the release it builds on, or 0. */
  long values(Model model) {
    return values.getOrDefault(model.release(), 0L);
  }

  /** Bytes of weights that a merge step will write, or 0. */
  long mergedBytes(String step) {
    return mergedBytes.getOrDefault(step, 0L);
  }

  private void releases() throws IOException {
    Map<String, TreeSet<String>> dtypes = new LinkedHashMap<>();
    for (Release release : models()) {
      if (isLocal(release)) {
        try (ModelFolder folder = ModelFolder.open(Path.of(release.model()))) {
          values.put(
              release.name(),
              folder.tensors().values().stream().mapToLong(TensorInfo::elements).sum());
          dtypes.put(
              release.name(),
              folder.tensors().values().stream()
                  .filter(tensor -> tensor.dtype().isFloat())
                  .map(tensor -> tensor.dtype().torchName())
                  .collect(Collectors.toCollection(TreeSet::new)));
        } catch (BadCheckpointException e) {
          findings.add(Finding.error(release.name(), e.getMessage()));
        }
      }
    }
    if (findings.isEmpty() && dtypes.values().stream().distinct().count() > 1) {
      findings.add(
          Finding.note(
              "releases",
              "the models are not of one dtype: "
                  + dtypes.entrySet().stream()
                      .map(entry -> entry.getKey() + " " + String.join(" and ", entry.getValue()))
                      .collect(Collectors.joining(", "))
                  + "; a merge computes in float64 and writes the target's"));
    }
  }

  private void merge(PlannedStep.Merge step) throws IOException {
    Optional<Path> target = published(step.model().target());
    Optional<Path> base = published(step.model().difference().base());
    Optional<Path> finetuned =
        step.model().difference().finetuned() instanceof Base known ? published(known) : base;
    if (target.isEmpty() || base.isEmpty() || finetuned.isEmpty()) {
      return;
    }
    List<Path> folders = List.of(target.get(), finetuned.get(), base.get());
    Optional<MergePreview> known = seen.get(folders);
    if (known == null) {
      known = preview(step, folders);
      seen.put(folders, known);
    }
    known.ifPresent(preview -> mergedBytes.put(step.id(), preview.outputBytes()));
  }

  private Optional<MergePreview> preview(PlannedStep.Merge step, List<Path> folders)
      throws IOException {
    Path nowhere = Path.of(spec.store()).resolve("plan-" + UUID.randomUUID());
    MergeInput input =
        new MergeInput(
            new StepContext(spec.series(), step.id(), spec.store()),
            artifact(folders.get(0)),
            artifact(folders.get(1)),
            artifact(folders.get(2)),
            spec.merge().withScale(step.model().scale()));
    try {
      MergePreview preview = MergeEngine.preview(lookups.request(input, nowhere));
      preview.notes().forEach(note -> findings.add(Finding.note(step.id(), note)));
      if (!preview.padded().isEmpty()) {
        findings.add(
            Finding.note(
                step.id(),
                "rows are added to or cut from "
                    + String.join(", ", preview.padded())
                    + ": the models' vocabularies differ in size"));
      }
      return Optional.of(preview);
    } catch (BadCheckpointException e) {
      findings.add(Finding.error(step.id(), e.getMessage()));
      return Optional.empty();
    }
  }

  private void smallFiles() throws IOException {
    Release before = null;
    for (Release release : spec.releases()) {
      if (before != null && isLocal(before) && isLocal(release)) {
        for (Map.Entry<String, String> file : SMALL_FILES.entrySet()) {
          if (!Arrays.equals(bytes(before, file.getKey()), bytes(release, file.getKey()))) {
            findings.add(
                Finding.note(
                    release.name(),
                    "its %s (%s) is not that of %s; a merged model takes the fine-tuned side's"
                        .formatted(file.getValue(), file.getKey(), before.name())));
          }
        }
      }
      before = release;
    }
  }

  private static byte[] bytes(Release release, String file) throws IOException {
    try (ModelFolder folder = ModelFolder.open(Path.of(release.model()))) {
      return folder.sidecar(file, LIMIT).orElse(new byte[0]);
    }
  }

  /** A hub is not asked, so that a plan is made at once, and without a network. */
  private void elsewhere() {
    List<String> names =
        models().stream().filter(release -> !isLocal(release)).map(Release::name).toList();
    if (!names.isEmpty()) {
      findings.add(
          Finding.note(
              "disk",
              "%s: on a hub, not looked at; the disk that is told of counts neither them nor what is made from them"
                  .formatted(String.join(", ", names))));
    }
  }

  private Stream<Release> stream() {
    return Stream.concat(spec.releases().stream(), spec.models().stream());
  }

  private List<Release> models() {
    return stream().toList();
  }

  private Optional<Path> published(Base model) {
    String source = plan.source(model);
    return source.startsWith("/") ? Optional.of(Path.of(source)) : Optional.empty();
  }

  private static boolean isLocal(Release release) {
    return release.model().startsWith("/");
  }

  private static Artifact artifact(Path folder) {
    return new Artifact(folder.toString(), "unknown", null, false);
  }
}
