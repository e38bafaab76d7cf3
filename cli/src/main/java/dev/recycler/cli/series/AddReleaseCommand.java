package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
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

  @Mixin private RunningSeries series;

  @Parameters(index = "1", paramLabel = "NAME", description = "Short name of the release, e.g. M6.")
  private String name;

  @Parameters(
      index = "2",
      paramLabel = "MODEL",
      description = "Folder of its weights, or%nhf://organisation/name@revision.")
  private String model;

  AddReleaseCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Release release = new Release(name, SeriesFiles.model(model, session.places()));
    series.tell(workflow -> workflow.addRelease(release));
    series.say(
        "Release %s is now part of series %s. '%s' follows it."
            .formatted(name, series.name(), series.command("status", "--watch")));
    return ExitCode.OK.code();
  }
}
