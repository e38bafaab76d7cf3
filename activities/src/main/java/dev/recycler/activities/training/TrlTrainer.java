package dev.recycler.activities.training;

import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.training.Checkpoints.Layout;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * TRL, its script run as a module in one process: the {@code trl} launcher would import everything
 * twice for the same bits. A launcher of the user's own is put before the module.
 *
 * @param module the script, e.g. {@code trl.scripts.sft}
 */
record TrlTrainer(Path python, String module) implements Trainer {
  static final String SFT = "trl.scripts.sft";
  static final String DPO = "trl.scripts.dpo";

  private static final Set<String> OURS =
      Set.of(
          "model_name_or_path",
          "dataset_name",
          "output_dir",
          "resume_from_checkpoint",
          "disable_tqdm",
          "config");

  @Override
  public String name() {
    return "TRL";
  }

  @Override
  public void check(FinetuneSpec spec) {
    Arguments.refuse(new Flags(spec.arguments()), OURS);
    if (Arguments.isFalse(new Flags(spec.arguments()), "save_safetensors")) {
      throw new StepFailed(
          FailureKind.USER,
          "finetune.arguments.save_safetensors is false, which writes pickle weights; leave it out");
    }
  }

  @Override
  public List<String> command(Launch launch) {
    List<String> command = new ArrayList<>();
    List<String> starter = launch.spec().launch();
    command.addAll(starter.isEmpty() ? List.of(python.toString()) : starter);
    command.addAll(List.of("-m", module));
    command.addAll(List.of("--model_name_or_path", launch.model().toString()));
    command.addAll(List.of("--dataset_name", dataset(launch)));
    command.addAll(List.of("--output_dir", launch.output().toString()));
    launch
        .resume()
        .ifPresent(from -> command.addAll(List.of("--resume_from_checkpoint", from.toString())));
    Flags given = new Flags(launch.spec().arguments());
    Arguments.addDefault(command, given, "logging_steps", "5");
    Arguments.addDefault(command, given, "report_to", "none");
    given.addTo(command);
    return command;
  }

  /** A file alone is nothing that TRL takes: it gets a folder, beside the output, with a link. */
  private static String dataset(Launch launch) {
    String data = launch.spec().data();
    Path file = Path.of(data);
    if (!Files.isRegularFile(file)) {
      return data;
    }
    Path folder = launch.output().resolveSibling("data");
    Path link = folder.resolve("train-" + file.getFileName());
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, file.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.toString();
  }

  @Override
  public Map<String, String> environment() {
    // Model and data are local: asking a hub would only wait for it.
    return Map.of(
        "HF_HUB_OFFLINE", "1",
        "HF_DATASETS_OFFLINE", "1",
        "TOKENIZERS_PARALLELISM", "false",
        "PYTHONUNBUFFERED", "1");
  }

  @Override
  public Checkpoints checkpoints(Path output) {
    return new Checkpoints(output, Layout.HUGGING_FACE);
  }

  @Override
  public String safetensorsRemedy() {
    return "write save_safetensors: true under finetune.arguments";
  }

  @Override
  public TrainingLog log() {
    return TrainingLog.ofBars();
  }
}
