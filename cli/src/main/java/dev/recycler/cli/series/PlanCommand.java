package dev.recycler.cli.series;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.activities.preview.Finding;
import dev.recycler.activities.preview.SeriesPreview;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.python.PythonEnvironment;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler plan}. */
@Command(
    name = "plan",
    description = "Show what a series file would do, and why, without doing it.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler plan series.yaml",
      "  recycler plan series.yaml --json",
      "",
      "Ends with 2 where the series can't end well; 'recycler start' refuses the",
      "same. Needs no server. Run it where the store and the models can be seen."
    })
public final class PlanCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The series file.")
  private Path file;

  @Option(names = "--all", description = "Give every step its line, however many there are.")
  private boolean all;

  @Option(names = "--json", description = "Print the plan as JSON.")
  private boolean json;

  PlanCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    SeriesSpec spec = SeriesFiles.read(file, session.places());
    Optional<ToolHome> tools =
        new PythonEnvironment(session.places())
            .find()
            .map(found -> found.toolHome(session.places()));
    SeriesPreview preview = SeriesPreview.of(spec, tools, () -> {});
    if (json) {
      session
          .console()
          .print(
              JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(preview));
    } else {
      session.console().out().print(new PlanText(preview, session.data()).render(all));
      session.console().out().flush();
    }
    boolean refused = preview.findings().stream().anyMatch(Finding::error);
    return (refused ? ExitCode.USAGE : ExitCode.OK).code();
  }
}
