package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.spec.Release;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code recycler add-release}. */
@Command(
    name = "add-release",
    description = "Add the newest release to a series that runs.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler add-release olmo2-math M6 /models/olmo2-m6",
      "  recycler add-release olmo2-math M7 hf://allenai/OLMo-2-1124-7B@main"
    })
public final class AddReleaseCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(paramLabel = "SERIES", description = "Name of the series.")
  private String series;

  @Parameters(paramLabel = "NAME", description = "Short name of the release, e.g. M6.")
  private String name;

  @Parameters(
      paramLabel = "MODEL",
      description = "Folder of its weights, or hf://organisation/name@revision.")
  private String model;

  AddReleaseCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Release release = new Release(name, SeriesFiles.model(model, session.places()));
    try (TemporalConnection connection = server.connect(session.places())) {
      new SeriesClient(connection)
          .ask(
              series,
              workflow -> {
                workflow.addRelease(release);
                return null;
              });
      session.console().say("Release " + name + " is now part of series " + series + ".");
      return ExitCode.OK.code();
    }
  }
}
