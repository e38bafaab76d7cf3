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
sealed interface Trainer permits TrlTrainer {

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
    return switch (spec.trainer()) {
      case TrlTrainer.NAME ->
          new TrlTrainer(spec.python() == null ? tools.python() : Path.of(spec.python()));
      default ->
          throw new StepFailed(
              FailureKind.USER,
              "finetune.trainer: there is no trainer \"" + spec.trainer() + "\"; write trl");
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

  /** The saved states in an output folder. */
  Checkpoints checkpoints(Path output);

  /** A fresh reader of its log. */
  TrainingLog log();
}
