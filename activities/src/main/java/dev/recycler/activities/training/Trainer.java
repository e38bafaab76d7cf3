package dev.recycler.activities.training;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is particular to one trainer. */
sealed interface Trainer permits CommandTrainer, OlmoCoreTrainer, OpenInstructTrainer, TrlTrainer {

  /**
   * One start of a trainer.
   *
   * @param spec the recipe
   * @param model folder of the model that training starts from
   * @param output empty folder for checkpoints and the result, but for {@code resume}
   * @param resume the checkpoint to go on from
   */
  record Launch(FinetuneSpec spec, Path model, Path output, Optional<Path> resume) {}

  /** The trainer of a recipe. */
  static Trainer of(FinetuneSpec spec, ToolHome tools) {
    Path python = spec.python() == null ? tools.python() : Path.of(spec.python());
    return switch (spec.trainer()) {
      case "trl" -> new TrlTrainer(python, TrlTrainer.SFT);
      case "trl-dpo" -> new TrlTrainer(python, TrlTrainer.DPO);
      case "open-instruct" -> OpenInstructTrainer.finetune(spec, python, tools);
      case "open-instruct-dpo" -> OpenInstructTrainer.dpo(spec, python, tools);
      case "open-instruct-olmo-core" -> OlmoCoreTrainer.of(spec, python, tools);
      case "command" -> new CommandTrainer(spec.custom());
      default ->
          throw new StepFailed(
              FailureKind.USER,
              ("finetune.trainer: there is no trainer \"%s\"; write trl, trl-dpo, open-instruct,"
                      + " open-instruct-dpo, open-instruct-olmo-core or command")
                  .formatted(spec.trainer()));
    };
  }

  /** Its name for people. */
  String name();

  /**
   * Refuses arguments that only the orchestrator may set.
   *
   * @throws StepFailed of kind USER, naming all of them
   */
  void check(FinetuneSpec spec);

  /** Program and arguments. */
  List<String> command(Launch launch);

  /** Variables that it needs; the recipe's own win. */
  Map<String, String> environment();

  /** Where it is run, for those that are at home in one folder; else its output folder. */
  default Path directory(Path output) {
    return output;
  }

  /** What its output depends on beside the versions of its packages; part of the fingerprint. */
  default String identity() {
    return "";
  }

  /** The saved states in an output folder. */
  Checkpoints checkpoints(Path output);

  /** What makes it write safetensors where it wrote pickle weights. */
  String safetensorsRemedy();

  /** Whether its log tells how many steps were asked for. */
  default boolean tellsTotal() {
    return true;
  }

  /** A fresh reader of its log. */
  TrainingLog log();
}
