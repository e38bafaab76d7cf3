package dev.recycler.cli.drill;

import dev.recycler.cli.console.Places;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The series of runs with real tools: two releases of the quickstart's tiny model, so few steps and
 * questions that the tools' own start takes most of the time.
 *
 * @param mini the folder with releases, data and task
 */
record RealSeries(Path mini) {
  /** How many releases it has. */
  static final int RELEASES = 2;

  /** What the script that makes the folder calls the size of it. */
  static final String SIZE = "smoke";

  /** Writes releases and series file into the folder of a run. */
  SeriesSpec write(RunFolder folder, RealShape shape, Places places) throws IOException {
    for (int number = 1; number <= RELEASES; number++) {
      copy(mini.resolve("releases").resolve("M" + number), folder.release(number));
    }
    Files.writeString(folder.file(), text(folder, shape));
    return SeriesFiles.read(folder.file(), places);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** The quickstart's recipe; no hub is asked. */
  String text(RunFolder folder, RealShape shape) {
    String lines =
        IntStream.rangeClosed(1, shape.releasesAtFirst())
            .mapToObj(RunFolder::releaseLine)
            .collect(Collectors.joining("\n"));
    return """
    series: %s
    store: store
    releases:
    %s
    strategies: [direct, iterative]
    finetune:
      trainer: trl
      data: "%s"
      arguments:
        dtype: float32
        bf16: false
        assistant_only_loss: true
        max_length: 128
        max_steps: %d
        per_device_train_batch_size: 16
        learning_rate: 1e-3
        lr_scheduler_type: linear
        optim: adamw_torch
        seed: 1
        data_seed: 1
        logging_steps: 5
        save_strategy: steps
        save_steps: %d
        gradient_checkpointing: false
        use_cpu: true
        report_to: none
      environment: {OMP_NUM_THREADS: 1}
    evaluate:
      - name: word-problems
        harness: lm-eval
        task: word_problems
        metric: exact_match,final-answer
        include: ["%s"]
        data: ["%s"]
        of: [finetuned]
        arguments:
          model: hf
          model_args: dtype=float32
          device: cpu
          batch_size: 64
          seed: 42
          apply_chat_template: true
          log_samples: true
        environment: {OMP_NUM_THREADS: 1, HF_HUB_OFFLINE: 1, HF_DATASETS_OFFLINE: 1}
    """
        .formatted(
            folder.series(),
            lines,
            mini.resolve("data").resolve("train"),
            shape.steps(),
            shape.saveEvery(),
            mini.resolve("tasks"),
            mini.resolve("data").resolve("test.jsonl"));
  }
}
