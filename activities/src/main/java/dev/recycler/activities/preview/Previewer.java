package dev.recycler.activities.preview;

import dev.recycler.activities.Lookups;
import dev.recycler.activities.evaluation.EvaluateStep;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.activities.training.FinetuneStep;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.activity.Steps.Score;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.plan.Decisions;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.plan.Scoring;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Walks through a plan as workers would, and looks into the store where they would. */
final class Previewer {
  private static final String UNKNOWN = "unknown";

  private final SeriesSpec spec;
  private final Plan plan;
  private final Lookups lookups;
  private final Optional<ArtifactStore> store;
  private final Optional<Records> records;
  private final Runnable tick;
  private final boolean hasTools;
  private final List<Finding> findings = new ArrayList<>();
  private final List<StepPreview> steps = new ArrayList<>();

  /** The models that are there, by the steps that make them. */
  private final Map<String, Artifact> there = new HashMap<>();

  private final Map<String, Score> scores = new HashMap<>();
  private final Map<String, Decisions.Decided> decisions = new HashMap<>();
  private Pins pins = new Pins(Map.of(), Map.of());
  private boolean pinned;
  private Preflight preflight;

  Previewer(SeriesSpec spec, Optional<ToolHome> tools, Runnable tick) {
    this.spec = spec;
    this.plan = Plan.of(spec);
    this.hasTools = tools.isPresent();
    this.lookups =
        new Lookups(tools.orElse(new ToolHome(Path.of("nowhere/python"), Path.of("nowhere"))));
    this.store = ArtifactStore.existing(Path.of(spec.store()));
    this.records = store.map(Records::new);
    this.tick = tick;
  }

  SeriesPreview preview() throws IOException, InterruptedException {
    preflight = Preflight.of(spec, plan, lookups);
    pin();
    for (PlannedStep step : plan.steps()) {
      add(step);
    }
    preflight.findings().forEach(findings::add);
    watch();
    findings.sort((a, b) -> Boolean.compare(b.error(), a.error()));
    Path existing = Path.of(spec.store());
    while (!Files.isDirectory(existing)) {
      existing = existing.getParent();
    }
    long disk = DiskEstimate.peak(steps);
    List<StepPreview> tools =
        steps.stream()
            .filter(step -> step.state() != StepPreview.State.THERE)
            .filter(step -> step.kind() == StepKind.FINETUNE || step.kind() == StepKind.EVALUATE)
            .toList();
    double seconds =
        tools.stream()
            .filter(step -> step.gpuSeconds() != null)
            .mapToDouble(StepPreview::gpuSeconds)
            .sum();
    long unknown = tools.stream().filter(step -> step.gpuSeconds() == null).count();
    return new SeriesPreview(
        spec.series(),
        spec.store(),
        steps,
        findings,
        disk,
        Files.getFileStore(existing).getUsableSpace(),
        unknown == tools.size() && unknown > 0 ? null : (Double) (seconds / 3600),
        unknown);
  }

  private void pin() throws IOException, InterruptedException {
    if (!hasTools && needsOwnTools()) {
      findings.add(
          Finding.note(
              PlannedStep.Prepare.ID,
              "recycler's Python tools are not installed here, so their versions are not known;"
                  + " 'recycler dev' or 'recycler quickstart' installs them"));
      return;
    }
    if (store.isEmpty()) {
      return;
    }
    try {
      pins = lookups.pins(spec, store.get().digests(tick));
      pinned = true;
    } catch (StepFailed e) {
      findings.add(Finding.error(PlannedStep.Prepare.ID, e.getMessage()));
    }
  }

  private void watch() {
    if (spec.watch() != null) {
      findings.add(
          Finding.note(
              "watch",
              "new revisions of %s like %s become releases; the series goes on until `recycler finish %s`"
                  .formatted(spec.watch().hub(), spec.watch().revisions(), spec.series())));
    }
  }

  private boolean needsOwnTools() {
    return (spec.finetune() != null
            && spec.finetune().python() == null
            && !spec.finetune().trainer().equals("command"))
        || spec.evaluate().stream()
            .anyMatch(e -> e.python() == null && !e.harness().equals("command"));
  }

  private void add(PlannedStep step) throws IOException {
    switch (step) {
      case PlannedStep.Prepare prepare ->
          // Asked anew each time: what it gives may have changed.
          put(prepare, StepPreview.State.TO_DO, List.of("done at every start"));
      case PlannedStep.Fetch fetch -> fetch(fetch);
      case PlannedStep.Merge merge ->
          look(
              merge,
              lookups.merge(
                  new MergeInput(
                      context(merge),
                      model(merge.target()),
                      model(merge.finetuned()),
                      model(merge.base()),
                      spec.merge().withScale(merge.model().scale()))),
              true,
              Map.of(
                  "target", model(merge.target()).path(),
                  "finetuned", model(merge.finetuned()).path(),
                  "base", model(merge.base()).path()));
      case PlannedStep.Choose choose -> choose(choose);
      case PlannedStep.Gate gate -> gate(gate);
      case PlannedStep.Finetune finetune -> finetune(finetune);
      case PlannedStep.Evaluate evaluate -> evaluate(evaluate, model(evaluate.model()));
      case PlannedStep.Publish publish ->
          put(
              publish,
              StepPreview.State.TO_DO,
              List.of("looked at when it is due: " + publish.to()));
    }
  }

  private void fetch(PlannedStep.Fetch step) throws IOException {
    if (!step.source().startsWith("/")) {
      put(step, StepPreview.State.TO_DO, List.of("to be fetched from " + step.source()));
      return;
    }
    if (store.isPresent()) {
      Path folder = Path.of(step.source());
      String digest = store.get().digests(tick).ofModel(folder);
      there.put(step.id(), new Artifact(step.source(), digest, null, false));
    }
    steps.add(
        new StepPreview(
            step.id(),
            step.kind(),
            step.needs(),
            StepPreview.State.THERE,
            List.of(),
            false,
            step.source(),
            null,
            null));
  }

  private void choose(PlannedStep.Choose step) {
    List<Score> known = known(step.scores());
    if (known.size() < step.scores().size()) {
      put(step, StepPreview.State.TO_DO, List.of("decided by scores that are to be taken"));
      return;
    }
    Decisions.Chosen chosen =
        Decisions.best(step.model().candidates().stream().map(Merged::scale).toList(), known);
    there.put(step.id(), there.get(step.merges().get(chosen.index())));
    put(step, StepPreview.State.THERE, List.of(chosen.why()));
  }

  private void gate(PlannedStep.Gate step) {
    List<Score> known = known(step.scores());
    if (known.size() < step.scores().size()) {
      put(step, StepPreview.State.TO_DO, List.of("decided by scores that are to be taken"));
      return;
    }
    Map<String, Score> byName = new HashMap<>();
    known.forEach(score -> byName.put(score.evaluation(), score));
    Decisions.Decided decided = Decisions.at(spec.gatesOfMerged(), byName);
    decisions.put(step.id(), decided);
    put(
        step,
        decided.gate() == Decisions.Gate.APPROVE
            ? StepPreview.State.TO_DO
            : StepPreview.State.THERE,
        List.of(
            decided.gate() == Decisions.Gate.APPROVE
                ? "waits for a person: " + decided.why()
                : decided.why()));
  }

  /** The scores that are there, in order. */
  private List<Score> known(List<String> evaluations) {
    return evaluations.stream().filter(scores::containsKey).map(scores::get).toList();
  }

  private void finetune(PlannedStep.Finetune step) throws IOException {
    Decisions.Decided decided = decisions.get(step.gate());
    if (decided != null && decided.gate() == Decisions.Gate.SKIP_FINETUNE) {
      there.put(step.id(), model(step.start()));
      put(step, StepPreview.State.THERE, List.of("not trained: " + decided.why()));
      return;
    }
    try {
      lookFor(step);
    } catch (StepFailed e) {
      findings.add(Finding.error(step.id(), e.getMessage()));
      put(step, StepPreview.State.UNKNOWN, List.of("its trainer can't be used"));
    }
  }

  private void lookFor(PlannedStep.Finetune step) throws IOException {
    FinetuneInput input =
        new FinetuneInput(
            context(step),
            model(step.start()),
            spec.finetune().times(step.model().times()),
            pins,
            plan.stops());
    Optional<StoredArtifact> found =
        look(step, keyOf(input), pinned, Map.of("start", model(step.start()).path()));
    if (found.isPresent()) {
      for (Checkpoint checkpoint : FinetuneStep.result(found.get(), true).checkpoints()) {
        for (Scoring scoring : plan.checkpointScorings(step.model(), checkpoint.step())) {
          evaluate(new PlannedStep.Evaluate(scoring, step.id()), checkpoint.model());
        }
      }
    }
  }

  /**
   * Where a training may be stopped, the checkpoint that was taken is looked for first, then its
   * end.
   */
  private Lookups.Key keyOf(FinetuneInput input) {
    if (!input.stops().isEmpty() && store.isPresent()) {
      Lookups.Key stopped = lookups.stopped(input);
      Lookups.Key whole =
          lookups.finetune(
              new FinetuneInput(input.context(), input.start(), input.finetune(), input.pins()));
      for (Lookups.Key key : List.of(stopped, lookups.finetune(input), whole)) {
        if (store.get().has(key.fingerprint())) {
          return key;
        }
      }
    }
    return lookups.finetune(input);
  }

  private void evaluate(PlannedStep.Evaluate step, Artifact model) throws IOException {
    Optional<StoredArtifact> found =
        look(
            step,
            lookups.evaluate(
                new EvaluateInput(context(step), model, step.scoring().evaluation(), pins)),
            pinned,
            Map.of("model", model.path()));
    if (found.isPresent()) {
      scores.put(
          step.id(),
          EvaluateStep.score(step.scoring().evaluation(), found.get(), /* reused= */ true));
    }
  }

  /** Looks for a step's result, and for the reason where there is none. */
  private Optional<StoredArtifact> look(
      PlannedStep step, Lookups.Key key, boolean canTell, Map<String, String> inputs)
      throws IOException {
    List<String> missing =
        step.needs().stream()
            .filter(need -> !there.containsKey(need) && !decisions.containsKey(need))
            .toList();
    Optional<StoredArtifact> found =
        store.isPresent() && missing.isEmpty() && canTell
            ? store.get().find(key.fingerprint())
            : Optional.empty();
    if (found.isPresent()) {
      StoredArtifact artifact = found.get();
      there.put(
          step.id(),
          new Artifact(
              artifact.folder().toString(), artifact.digest(), key.fingerprint().hex(), true));
      steps.add(
          new StepPreview(
              step.id(),
              step.kind(),
              step.needs(),
              StepPreview.State.THERE,
              List.of(),
              false,
              artifact.folder().toString(),
              null,
              null));
      return found;
    }
    List<String> reasons = new ArrayList<>();
    if (store.isEmpty()) {
      reasons.add("not done yet");
    } else if (!canTell && missing.isEmpty()) {
      put(step, StepPreview.State.UNKNOWN, List.of("the tools' versions are not known here"));
      return found;
    } else {
      missing.forEach(need -> reasons.add("needs " + need + ", which is to be done"));
      reasons.addAll(reasons(step, key, missing.isEmpty(), inputs));
    }
    steps.add(
        new StepPreview(
            step.id(),
            step.kind(),
            step.needs(),
            StepPreview.State.TO_DO,
            reasons,
            missing.isEmpty() && store.isPresent() && store.get().begun(key.fingerprint()),
            null,
            bytes(step),
            cost(key)));
    return found;
  }

  private List<String> reasons(
      PlannedStep step, Lookups.Key key, boolean complete, Map<String, String> inputs)
      throws IOException {
    Optional<StoredArtifact> linked = store.orElseThrow().linked(spec.series(), step.id());
    if (complete) {
      return records
          .orElseThrow()
          .reasons(key.fingerprint().operation(), key.parameters(), linked, inputs);
    }
    return linked
        .filter(
            artifact -> artifact.fingerprint().operation().equals(key.fingerprint().operation()))
        .map(
            artifact ->
                Differences.between(artifact.record().path("parameters"), key.parameters())
                    .phrases())
        .orElse(List.of());
  }

  private Double cost(Lookups.Key key) throws IOException {
    if (records.isEmpty()) {
      return null;
    }
    OptionalDouble seconds =
        records.get().gpuSeconds(key.fingerprint().operation(), key.parameters());
    return seconds.isPresent() ? (Double) seconds.getAsDouble() : null;
  }

  private Long bytes(PlannedStep step) {
    return switch (step) {
      case PlannedStep.Merge merge -> preflight.mergedBytes(merge.id());
      case PlannedStep.Finetune finetune ->
          DiskEstimate.kept(
              spec.finetune().times(finetune.model().times()), preflight.values(finetune.model()));
      default -> null;
    };
  }

  private void put(PlannedStep step, StepPreview.State state, List<String> reasons) {
    steps.add(
        new StepPreview(
            step.id(), step.kind(), step.needs(), state, reasons, false, null, null, null));
  }

  private Artifact model(String step) {
    return there.getOrDefault(step, new Artifact(UNKNOWN, UNKNOWN, UNKNOWN, false));
  }

  private StepContext context(PlannedStep step) {
    return new StepContext(spec.series(), step.id(), spec.store());
  }
}
