package dev.recycler.cli.models;

import dev.recycler.activities.merge.Analysis;
import dev.recycler.activities.merge.DiffEngine;
import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.cli.console.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recycler analyze}. */
@Command(
    name = "analyze",
    description = "Measure a difference beforehand: norms, direction, lost entries.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler analyze --base m1 --finetuned m1-chat --target m2",
      "  recycler analyze --base m1 --finetuned m1-chat --target m2 --html delta.html",
      "  recycler analyze --base m1 --finetuned m1-chat --json"
    })
public final class AnalyzeCommand implements Callable<Integer> {
  private final Session session;

  @Option(names = "--base", required = true, paramLabel = "DIR", description = "What was tuned.")
  private String base;

  @Option(
      names = "--finetuned",
      required = true,
      paramLabel = "DIR",
      description = "The fine-tuned model, or a PEFT LoRA adapter.")
  private String finetuned;

  @Option(
      names = "--target",
      paramLabel = "DIR",
      description = "The model that is to get the difference.")
  private String target;

  @Mixin private TensorOptions tensors;

  @Mixin private AnalysisPageOption page;

  @Option(names = "--json", description = "Print the measurements as JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  AnalyzeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException {
    return Models.run(
        spec,
        () -> {
          Path tuned = folder(finetuned);
          MergeRequest request =
              tensors.applyTo(MergeRequest.of(folder(base), tuned, tuned, tuned));
          page.requireFolder();
          Analysis analysis;
          try (var progress = new MergeProgressLine(session)) {
            analysis = DiffEngine.analyze(request, Optional.ofNullable(folder(target)), progress);
          }
          page.write(spec, analysis, models());
          if (json) {
            Models.printJson(spec, AnalysisText.json(analysis));
          } else {
            Models.print(spec, AnalysisText.table(analysis, session.data()));
          }
          return Models.OK;
        });
  }

  private Map<String, String> models() {
    Map<String, String> models = new LinkedHashMap<>();
    models.put("Base", base);
    models.put("Fine-tuned", finetuned);
    if (target != null) {
      models.put("Target", target);
    }
    return models;
  }

  private Path folder(String written) throws IOException, InterruptedException {
    return HubModels.folder(session, written);
  }
}
