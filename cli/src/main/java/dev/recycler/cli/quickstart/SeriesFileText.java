package dev.recycler.cli.quickstart;

import dev.recycler.workflows.spec.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The series file of a quickstart: a real one, that a reader can make their own from. */
final class SeriesFileText {
  private SeriesFileText() {}

  /** The name of a quickstart's series. */
  static String series(Parameters parameters) {
    return parameters.smoke() ? "smoke" : "quickstart";
  }

  static String of(Parameters parameters) {
    StringBuilder releases = new StringBuilder();
    for (int i = 1; i <= parameters.releases(); i++) {
      releases.append(String.format("  - {name: M%d, model: mini-series/releases/M%d}%n", i, i));
    }
    String strategies =
        parameters.strategies().stream().map(Strategy::key).collect(Collectors.joining(", "));
    return """
    # The series of 'recycler quickstart'. Paths are relative to this file.
    series: %s
    store: store          # every model and score is kept here, with its lineage

    # Versions of the base model, oldest first: folders as save_pretrained writes them.
    releases:
    %s
    # iterative: Algorithm 1. M*_i = FT(M_i + (M*_(i-1) - M_(i-1)))
    # direct:    FT(M_i + (FT(M_(i-1)) - M_(i-1)))
    # plain:     FT(M_i)
    strategies: [%s]

    # FT: one fixed recipe for every model. 'arguments' are the trainer's own flags.
    finetune:
      trainer: trl
      data: mini-series/data/train
      arguments:
        dtype: float32
        bf16: false
        assistant_only_loss: true
        max_length: 128
        num_train_epochs: %d
        per_device_train_batch_size: 16
        learning_rate: 1e-3
        lr_scheduler_type: linear
        warmup_steps: 0
        weight_decay: 0
        max_grad_norm: 1
        optim: adamw_torch
        seed: 1
        data_seed: 1
        logging_steps: 5
        save_strategy: steps
        save_steps: %d
        gradient_checkpointing: false
        use_cpu: true
        report_to: none
      environment:
        OMP_NUM_THREADS: 1        # several trainings share this machine's cores

    # How a diff vector is added: M + scale * (FT - base), in float64, the target's dtype out.
    merge: {scale: 1.0}

    # Scores. 'of' says which models: base, merged, finetuned, checkpoints.
    evaluate:
      - name: word-problems
        harness: lm-eval
        task: word_problems
        metric: exact_match,final-answer
        include: [mini-series/tasks]
        data: [mini-series/data/test.jsonl]
        of: %s
        arguments:
          model: hf
          model_args: dtype=float32
          device: cpu
          batch_size: 64
          seed: 42
          apply_chat_template: true
          log_samples: true
        environment:
          OMP_NUM_THREADS: 1
    """
        .formatted(
            series(parameters),
            releases,
            strategies,
            parameters.smoke() ? 6 : 1,
            parameters.smoke() ? 20 : 25,
            subjects(parameters));
  }

  private static String subjects(Parameters parameters) {
    List<String> subjects = new ArrayList<>(List.of("base"));
    if (!parameters.strategies().equals(List.of(Strategy.PLAIN))) {
      subjects.add("merged");
    }
    subjects.add("finetuned");
    if (parameters.smoke()) {
      return "[" + String.join(", ", subjects) + "]";
    }
    subjects.add("checkpoints");
    return "["
        + String.join(", ", subjects)
        + "]\n    checkpoints-of: [M"
        + parameters.releases()
        + "]";
  }
}
