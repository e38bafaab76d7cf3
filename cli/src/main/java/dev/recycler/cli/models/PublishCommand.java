package dev.recycler.cli.models;

import dev.recycler.activities.hub.HubUpload;
import dev.recycler.activities.publish.Publication;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.cli.console.Session;
import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recycler publish}. */
@Command(
    name = "publish",
    description = "Publish a model to a hub or folder, with card and lineage.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler publish store/series/toy/M5.iterative.finetune --to hf://org/toy-m5",
      "  recycler publish MODEL --to hf://org/toy-m5@candidate --private",
      "  recycler publish MODEL --to /models/toy-m5 --dtype bfloat16",
      "",
      "The token is HF_TOKEN's, or that of 'hf auth login'. An upload that was cut",
      "goes on."
    })
public final class PublishCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "PATH", description = "The model's folder, in a store or elsewhere.")
  private Path model;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "hf://ORG/NAME|DIR",
      description = "Where to: a model on the hub (@BRANCH where not main), or a new folder.")
  private String to;

  @Option(
      names = "--dtype",
      paramLabel = "D",
      description =
          "Cast the weights to bfloat16, float16, float32 or float64. The card says so. Default: as"
              + " they are.")
  private String dtype;

  @Option(names = "--title", paramLabel = "TEXT", description = "The card's title.")
  private String title;

  @Option(
      names = "--license",
      paramLabel = "ID",
      description = "The licence, by the hub's short name, such as apache-2.0.")
  private String license;

  @Option(
      names = "--dataset",
      paramLabel = "ORG/NAME",
      description = "A data set of the hub that the model was fine-tuned on; may be repeated.")
  private List<String> datasets = List.of();

  @Option(names = "--private", description = "Make a new model private.")
  private boolean hidden;

  @Option(names = "--replace", description = "Replace another model that is there, by a commit.")
  private boolean replace;

  @Option(names = "--message", paramLabel = "TEXT", description = "The commit's first line.")
  private String message = "Publish a model made by recycler";

  @Option(names = "--json", description = "Print what was done as JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  PublishCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException {
    return Models.run(
        spec,
        () -> {
          Publication publication =
              new Publication(
                  model,
                  Optional.ofNullable(dtype).map(Dtype::parseFloat),
                  new Publication.Words(title, license, datasets));
          Map<String, Object> done =
              HubModel.isMeant(to) ? toHub(publication) : toFolder(publication);
          if (json) {
            Models.printJson(spec, done);
          } else {
            done.forEach((key, value) -> Models.print(spec, key + ": " + value));
          }
          return Models.OK;
        });
  }

  private Map<String, Object> toFolder(Publication publication)
      throws IOException, InterruptedException {
    Path folder = Path.of(to);
    publication.to(folder);
    return Map.of("folder", folder.toAbsolutePath().normalize().toString());
  }

  private Map<String, Object> toHub(Publication publication)
      throws IOException, InterruptedException {
    HubModel.problem(to)
        .ifPresent(
            problem -> {
              throw new BadCheckpointException(problem);
            });
    HubUpload.Published published;
    try (var line = new TransferLine(session, to)) {
      published =
          publication.to(
              HubModel.parse(to),
              new HubUpload(HubModels.settings(session)),
              new HubUpload.Options(hidden, replace, message),
              line);
    }
    if (!published.changed()) {
      Models.say(spec, "The hub has all of it already.");
    }
    Map<String, Object> done = new LinkedHashMap<>();
    done.put("page", published.page());
    done.put("commit", published.commit());
    done.put("changed", published.changed());
    return done;
  }
}
