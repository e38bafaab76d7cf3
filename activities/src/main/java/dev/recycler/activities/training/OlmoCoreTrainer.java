package dev.recycler.activities.training;

import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.training.Checkpoints.Layout;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * open-instruct's {@code olmo_core_finetune.py}, with its data set cached first and its last
 * checkpoint converted to a Hugging Face folder: a script of ours runs these parts one after
 * another.
 *
 * @param checkout the same script as {@code finetune.py} is run, for what both have in common
 * @param scripts folder of the script that runs the parts
 */
record OlmoCoreTrainer(OpenInstructTrainer checkout, Path scripts) implements Trainer {
  private static final Set<String> OURS =
      Set.of(
          "model_name_or_path",
          "output_dir",
          "mixer_list",
          "mixer_list_splits",
          "local_cache_dir",
          "cache_dataset_only",
          "resume_from_checkpoint");

  private static final String CONFIG = "config_name";

  /** As its console logger prints: the step, and below it a line a figure. */
  private static final Pattern PROGRESS =
      Pattern.compile(
          "\\[step=(?<step>[0-9]+)/(?<total>[0-9]+|\\?+),epoch="
              + "|^train/CE loss=(?<loss>\\S+)"
              + "|^optim/LR.*=(?<rate>\\S+)");

  static OlmoCoreTrainer of(FinetuneSpec spec, Path python, ToolHome tools) {
    return new OlmoCoreTrainer(OpenInstructTrainer.olmoCore(spec, python, tools), tools.scripts());
  }

  @Override
  public String name() {
    return "open-instruct (OLMo-core)";
  }

  @Override
  public void check(FinetuneSpec spec) {
    Flags given = new Flags(spec.arguments());
    Arguments.refuse(given, OURS);
    if (!given.has(CONFIG)) {
      throw new StepFailed(
          FailureKind.USER,
          "finetune.arguments.config_name is missing: a model's folder does not tell what OLMo-core"
              + " calls it; give its name there, e.g. olmo2_7B");
    }
  }

  @Override
  public List<String> command(Launch launch) {
    FinetuneSpec spec = launch.spec();
    Flags given = new Flags(spec.arguments());
    List<String> command = new ArrayList<>();
    command.add(checkout.python().toString());
    command.add(scripts.resolve("olmo_core_sft.py").toString());
    command.addAll(List.of("--home", checkout.home().toString()));
    command.addAll(List.of("--model", launch.model().toString()));
    command.addAll(List.of("--config-name", given.value(CONFIG).orElseThrow()));
    command.addAll(List.of("--output", launch.output().toString()));
    // Of the run, not of one attempt: making it takes long.
    Path run = launch.output().getParent().getParent();
    command.addAll(List.of("--cache", run.resolve("dataset-cache").toString()));
    launcher(spec).forEach(word -> command.add("--launch=" + word));
    command.add("--");
    command.addAll(List.of("--mixer_list", checkout.data().toString(), "1.0"));
    command.addAll(List.of("--mixer_list_splits", "train"));
    Arguments.addDefault(command, given, "keep_last_n_checkpoints", "-1");
    // On by default, every 250 steps, and refused beside more frequent checkpoints.
    Arguments.addDefault(command, given, "ephemeral_save_interval", "0");
    given.without(Set.of(CONFIG)).addTo(command);
    return command;
  }

  private List<String> launcher(FinetuneSpec spec) {
    return spec.launch().isEmpty()
        ? List.of(
            checkout.python().toString(),
            "-m",
            "torch.distributed.run",
            "--standalone",
            "--nproc_per_node",
            Integer.toString(spec.gpus()))
        : spec.launch();
  }

  @Override
  public Map<String, String> environment() {
    return checkout.environment();
  }

  @Override
  public Path directory(Path output) {
    return checkout.directory(output);
  }

  @Override
  public String identity() {
    return checkout.identity();
  }

  /** Not readable as models: only the last one is converted. */
  @Override
  public Checkpoints checkpoints(Path output) {
    return new Checkpoints(output, Layout.named("step{step}", ".metadata.json"));
  }

  @Override
  public String safetensorsRemedy() {
    return "take a version whose convert_olmo_core_to_hf.py writes safetensors";
  }

  @Override
  public TrainingLog log() {
    return TrainingLog.of(PROGRESS);
  }
}
