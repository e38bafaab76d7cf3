package dev.recycler.cli.models;

import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.cli.console.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recycler merge}. */
@Command(
    name = "merge",
    description = "Make target + scale * (finetuned - base), exactly, in one pass.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler merge --base m1 --finetuned m1-chat --target m2 --out new",
      "  recycler merge --base hf://org/m1 --finetuned m1-lora --target m2 --out new",
      "  recycler merge ... --scale 0.5,1,1.5         three models from one reading",
      "  recycler merge ... --scale-for '*embed*=0'   keep the target's embeddings",
      "  recycler merge ... --load bfloat16           round first, as the paper does"
    })
public final class MergeCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description =
          "The model that was fine-tuned: a folder, or hf://... of a hub. Not needed with an"
              + " adapter.")
  private String base;

  @Option(
      names = "--finetuned",
      required = true,
      paramLabel = "DIR",
      description = "The fine-tuned model, or a PEFT LoRA adapter.")
  private String finetuned;

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

  @Option(
      names = "--analyze",
      description = "Measure the difference on the way, at no second reading.")
  private boolean analyze;

  @Mixin private AnalysisPageOption page;

  @Spec private CommandSpec spec;

  MergeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException {
    return Models.run(
        spec,
        () -> {
          page.requireFolder();
          MergeRequest request =
              options
                  .applyTo(MergeRequest.of(folder(base), folder(finetuned), folder(target), out))
                  .withAnalyze(analyze || page.isWanted());
          return output.run(spec, request, analysis -> page.write(spec, analysis, models()));
        });
  }

  private Map<String, String> models() {
    Map<String, String> models = new LinkedHashMap<>();
    if (base != null) {
      models.put("Base", base);
    }
    models.put("Fine-tuned", finetuned);
    models.put("Target", target);
    return models;
  }

  private Path folder(String written) throws IOException, InterruptedException {
    return HubModels.folder(session, written);
  }
}
