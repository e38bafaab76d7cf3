package dev.recycler.activities.policy;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FetchInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.activity.Steps.PublishInput;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.HubModel;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds the inputs of steps to a policy, before anything is done with them. They are looked at here
 * and not where series files are read, since whoever reaches the Temporal server can send a worker
 * any input.
 *
 * <p>Every method throws {@link StepFailed} of kind {@code USER} that names the key, what is
 * refused and who can allow it.
 */
public final class StepPolicy {
  private final PathRule paths;
  private final CommandRule commands;
  private final ModelCodeRule code;

  public StepPolicy(Policy policy) {
    this.paths = new PathRule(policy.folders());
    this.commands = new CommandRule(policy);
    this.code = new ModelCodeRule(policy.customCode());
  }

  /** Everything that a series names. */
  public void check(SeriesSpec spec) throws IOException {
    requireName("series", spec.series());
    paths.require("store", spec.store());
    for (Release release :
        Stream.concat(spec.releases().stream(), spec.models().stream()).toList()) {
      checkModel("releases: " + release.name(), release.model());
    }
    if (spec.finetune() != null) {
      check(spec.finetune());
    }
    for (EvaluationSpec evaluation : spec.evaluate()) {
      check(evaluation);
    }
  }

  public void check(FetchInput input) throws IOException {
    check(input.context());
    checkModel(input.context().step(), input.model());
  }

  /** What a fetch has found. */
  public void checkFetched(FetchInput input, Artifact model) throws IOException {
    check(input.context().step(), model);
    code.require(input.context().step(), Path.of(model.path()));
  }

  public void check(MergeInput input) throws IOException {
    check(input.context());
    check("merge: base", input.base());
    check("merge: finetuned", input.finetuned());
    check("merge: target", input.target());
  }

  public void check(FinetuneInput input) throws IOException {
    check(input.context());
    check("finetune: start", input.start());
    check(input.finetune());
    code.require("finetune", Path.of(input.start().path()));
  }

  public void check(EvaluateInput input) throws IOException {
    check(input.context());
    check("evaluate: model", input.model());
    check(input.evaluation());
    code.require("evaluate", Path.of(input.model().path()));
  }

  public void check(PublishInput input) throws IOException {
    check(input.context());
    check("publish: model", input.model());
    checkModel("publish: to", input.to());
  }

  private void check(StepContext context) throws IOException {
    requireName("series", context.series());
    if (!context.step().matches("[^./\\x00-\\x1f][^/\\x00-\\x1f]{0,500}")) {
      throw refused("the step \"%s\" is not the name of one".formatted(context.step()));
    }
    paths.require("store", context.store());
  }

  private void check(FinetuneSpec spec) throws IOException {
    String key = "finetune";
    paths.require(key + ".data", spec.data());
    paths.requireIfGiven(key + ".home", spec.home());
    commands.requirePython(key, spec.python());
    commands.requireLaunch(key, spec.launch());
    if (spec.custom() != null) {
      commands.requireCommand(key, spec.custom().command());
    }
    commands.requireVariables(key, spec.environment());
    code.requireArguments(key, spec.arguments());
  }

  private void check(EvaluationSpec spec) throws IOException {
    String key = "evaluate: " + spec.name();
    for (String path : spec.include()) {
      paths.require(key + ": include", path);
    }
    for (String path : spec.data()) {
      paths.require(key + ": data", path);
    }
    commands.requirePython(key, spec.python());
    if (!spec.command().isEmpty()) {
      commands.requireCommand(key, spec.command());
    }
    commands.requireVariables(key, spec.environment());
    code.requireArguments(key, spec.arguments());
  }

  private void checkModel(String key, String model) throws IOException {
    if (!HubModel.isMeant(model)) {
      paths.require(key, model);
    }
  }

  private void check(String key, Artifact artifact) throws IOException {
    paths.require(key, artifact.path());
  }

  private static void requireName(String key, String name) {
    if (!name.matches(Release.NAME)) {
      throw refused(
          "%s: \"%s\" is not a name; use up to 64 letters, digits, _ and -".formatted(key, name));
    }
  }

  static StepFailed refused(String sentence) {
    return new StepFailed(FailureKind.USER, sentence);
  }

  /** A list as it is read. */
  static String list(List<?> items) {
    return items.isEmpty()
        ? "none"
        : String.join(", ", items.stream().map(Object::toString).toList());
  }
}
