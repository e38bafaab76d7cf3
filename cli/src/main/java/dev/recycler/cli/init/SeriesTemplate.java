package dev.recycler.cli.init;

import java.util.stream.Collectors;

/** The text of a new series file: what was asked for, and comments on what may be changed. */
final class SeriesTemplate {
  private static final String CPU =
      """
        # No GPU was found here. Without these two TRL does not train on a CPU; remove them where
        # it has a GPU.
        use_cpu: true
        bf16: false
      """;

  private SeriesTemplate() {}

  static String text(NewSeries series) {
    return """
        # What 'recycler plan' shows and 'recycler start' runs. The README says what else there is, and
        # docs/trainers-and-harnesses.md what each trainer and harness takes.
        series: %s
        store: %s  # every model and score is kept here, with its lineage

        # The base models, oldest first: folders as save_pretrained writes them, or
        # "hf://organisation/name@revision", which is pinned to a commit. A release that comes out later is
        # added while the series runs: 'recycler add-release'.
        releases:
        %s

        # iterative: fine-tune M1, carry the difference to M2, fine-tune that, carry what both have
        # changed to M3, and so on. direct: carry to each release what plain fine-tuning changed in
        # the one before, and fine-tune. plain: fine-tune every release on its own.
        strategies: [iterative, plain]

        # The one recipe that every fine-tuning uses. Arguments are the trainer's own flags.
        finetune:
        %s

        # target + scale · (finetuned − base). 'load: bfloat16' rounds the inputs first, as the paper's
        # script does. Several scales with 'choose-by: EVALUATION' take the best.
        merge: {scale: 1.0}
        %s"""
        .formatted(
            quoted(series.name()),
            quoted(series.store()),
            series.releases().stream()
                .map(
                    release ->
                        "  - {name: %s, model: %s}"
                            .formatted(quoted(release.name()), quoted(release.model())))
                .collect(Collectors.joining("\n")),
            finetune(series),
            evaluations(series));
  }

  private static String finetune(NewSeries series) {
    String text =
        series.trainer().equals("open-instruct")
            ? """
            trainer: open-instruct
            home: %s  # the checkout
            python: %s  # of the environment that it was installed into
            data: %s
            arguments:
              num_train_epochs: 1
              learning_rate: 5e-6
              per_device_train_batch_size: 1
              gradient_accumulation_steps: 16
              checkpointing_steps: 500  # from the newest of these a fine-tuning goes on after a crash
              seed: 123
            """
                .formatted(
                    quoted(series.checkout()),
                    quoted(series.checkout() + "/.venv/bin/python"),
                    quoted(series.data()))
            : """
            trainer: trl
            data: %s  # chats, one a line: {"messages": [{"role": "user", "content": "…"}, …]}
            arguments:
              max_steps: 1000
              learning_rate: 5e-6
              per_device_train_batch_size: 1
              gradient_accumulation_steps: 16
              save_steps: 100  # from the newest of these a fine-tuning goes on after a crash
              seed: 123
            %s"""
                .formatted(quoted(series.data()), series.onCpu() ? CPU : "");
    return text.stripTrailing().indent(2).stripTrailing();
  }

  private static String evaluations(NewSeries series) {
    if (series.tasks().isEmpty()) {
      return "";
    }
    String tasks =
        series.tasks().stream()
            .map(
                task ->
                    """
                      - name: %s
                        harness: lm-eval
                        task: %s
                        of: [base, merged, finetuned]  # and checkpoints, for the curves
                        arguments: {model: hf, batch_size: 8}
                    """
                        .formatted(quoted(task), quoted(task)))
            .collect(Collectors.joining());
    return """

        # What every model is scored by. For a task of your own add 'include: FOLDER', where its file is,
        # and 'data: FILE', what that reads. 'apply_chat_template: true' under arguments asks in the form
        # of the chats that were trained on; every model must have a template then.
        evaluate:
        """
        + tasks;
  }

  /** A value as YAML takes it for a string, whatever it looks like. */
  private static String quoted(String value) {
    boolean plain =
        value.matches("[A-Za-z_/.~][\\w/.~-]*")
            && !value.matches("(?i)true|false|yes|no|on|off|null|~|\\.nan|\\.inf");
    return plain ? value : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
