package dev.recycler.cli.models;

import dev.recycler.activities.merge.DiffEngine;
import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.cli.console.Session;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code recycler diff}: the difference of two models as a checkpoint of its own. */
@Command(
    name = "diff",
    description = "Write the difference of two models, or add one to a third.",
    synopsisSubcommandLabel = "extract|apply",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler diff extract --base m1 --finetuned m1-instruct --out m1-diff",
      "  recycler diff apply --diff m1-diff --target m2 --out m2-recycled"
    },
    subcommands = {DiffCommand.Extract.class, DiffCommand.Apply.class})
public final class DiffCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which one? 'diff extract' or 'diff apply'");
  }

  /** {@code recycler diff extract}. */
  @Command(
      name = "extract",
      description = "Write finetuned - base as a checkpoint, exactly where its type holds it.",
      footerHeading = "%nExamples%n",
      footer = {"  recycler diff extract --base m1 --finetuned m1-instruct --out m1-diff"})
  static final class Extract implements Callable<Integer> {
    private final Session session;

    @Option(names = "--base", required = true, paramLabel = "DIR", description = "What was tuned.")
    private String base;

    @Option(
        names = "--finetuned",
        required = true,
        paramLabel = "DIR",
        description = "The fine-tuned model.")
    private String finetuned;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "DIR",
        description = "The folder to make.")
    private Path out;

    @Option(
        names = "--dtype",
        paramLabel = "float32|float64",
        description = "Type of the differences; float64 holds all of them. Default: float32.")
    private String dtype = "float32";

    @Mixin private TensorOptions tensors;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    Extract(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
      return Models.run(
          spec,
          () -> {
            Path tuned = HubModels.folder(session, finetuned);
            MergeRequest request =
                tensors
                    .applyTo(MergeRequest.of(HubModels.folder(session, base), tuned, tuned, out))
                    .withDtype(Dtype.parseFloat(dtype));
            DiffEngine.Extracted extracted;
            try (var progress = new MergeProgressLine(session)) {
              extracted = DiffEngine.extract(request, progress);
            }
            if (json) {
              Map<String, Object> report = new LinkedHashMap<>();
              report.put("folder", extracted.folder().toAbsolutePath().toString());
              report.put("values", extracted.values());
              report.put("inexact", extracted.inexact());
              report.put("files", extracted.files());
              report.put("notes", extracted.notes());
              Models.printJson(spec, report);
            } else {
              Models.print(spec, extracted.folder().toString());
              extracted
                  .inexact()
                  .forEach((name, n) -> Models.say(spec, "rounded: %d in %s".formatted(n, name)));
              extracted.notes().forEach(note -> Models.say(spec, "note: " + note));
            }
            return Models.OK;
          });
    }
  }

  /** {@code recycler diff apply}. */
  @Command(
      name = "apply",
      description = "Make target + scale * difference.",
      footerHeading = "%nExamples%n",
      footer = {"  recycler diff apply --diff m1-diff --target m2 --out m2-recycled"})
  static final class Apply implements Callable<Integer> {
    private final Session session;

    @Option(
        names = "--diff",
        required = true,
        paramLabel = "DIR",
        description = "What 'diff extract' made.")
    private String diff;

    @Option(
        names = "--target",
        required = true,
        paramLabel = "DIR",
        description = "The model that gets the difference.")
    private String target;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "DIR",
        description = "The folder to make; it appears in one piece.")
    private Path out;

    @Mixin private MergeOptions options;
    @Mixin private OutputOptions output;
    @Spec private CommandSpec spec;

    Apply(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
      return Models.run(
          spec,
          () ->
              output.run(
                  spec,
                  options.applyTo(
                      MergeRequest.of(
                          null,
                          HubModels.folder(session, diff),
                          HubModels.folder(session, target),
                          out)),
                  analysis -> {}));
    }
  }
}
