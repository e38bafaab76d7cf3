package dev.recycler.activities.training;

import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.training.Checkpoints.Layout;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.CustomTrainer;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A program of the user's own. */
record CommandTrainer(CustomTrainer custom) implements Trainer {
  private static final String RESUME = "{resume_from}";

  @Override
  public String name() {
    return Path.of(custom.command().getFirst()).getFileName().toString();
  }

  @Override
  public void check(FinetuneSpec spec) {
    if (custom.command().stream().noneMatch(argument -> argument.contains("{output}"))) {
      throw new StepFailed(
          FailureKind.USER,
          "finetune.command: no argument has {output} in it, so the program cannot know where to"
              + " put the model");
    }
  }

  @Override
  public List<String> command(Launch launch) {
    List<String> command = new ArrayList<>();
    for (String argument : custom.command()) {
      if (argument.contains(RESUME) && launch.resume().isEmpty()) {
        continue;
      }
      command.add(
          argument
              .replace("{model}", launch.model().toString())
              .replace("{data}", launch.spec().data())
              .replace("{output}", launch.output().toString())
              .replace(RESUME, launch.resume().map(Path::toString).orElse("")));
    }
    new Flags(launch.spec().arguments()).addTo(command);
    return command;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("PYTHONUNBUFFERED", "1");
  }

  @Override
  public String identity() {
    return custom.toString();
  }

  @Override
  public Checkpoints checkpoints(Path output) {
    return new Checkpoints(output, Layout.named(custom.checkpoints(), custom.complete()));
  }

  @Override
  public boolean tellsTotal() {
    return custom.progress() != null && custom.progress().contains("(?<total>");
  }

  @Override
  public String safetensorsRemedy() {
    return "have it call save_pretrained(…, safe_serialization=True)";
  }

  @Override
  public TrainingLog log() {
    return custom.progress() == null
        ? TrainingLog.ofBars()
        : TrainingLog.of(Pattern.compile(custom.progress()));
  }
}
