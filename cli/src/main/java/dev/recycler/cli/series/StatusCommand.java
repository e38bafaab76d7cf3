package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.cli.status.Status;
import dev.recycler.cli.status.StatusScreen;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.progress.SeriesProgress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler status}. */
@Command(
    name = "status",
    description = "Show where a series is, what runs and what comes next.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler status                    the only series there is",
      "  recycler status olmo2-math --watch",
      "  recycler status olmo2-math --json"
    })
public final class StatusCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(
      paramLabel = "SERIES",
      arity = "0..1",
      description = "Name of the series; may be left out where there is only one.")
  private String series;

  @Option(
      names = {"-w", "--watch"},
      description = "Redraw until the series ends.")
  private boolean watch;

  @Option(names = "--json", description = "Print the status as JSON.")
  private boolean json;

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (watch && json) {
      throw new CommandFailed(ExitCode.USAGE, "give either --watch or --json, not both.");
    }
    try (TemporalConnection connection = server.connect(session.places())) {
      SeriesClient client = new SeriesClient(connection, server.typed(session.places()));
      String name = series != null ? series : only(new SeriesList(connection).names());
      if (watch) {
        return new Watch(session.console().out(), session.data(), client).follow(name).code();
      }
      show(client.look(name));
    } catch (CommandFailed e) {
      show(new Look(kept(e), Map.of()));
    }
    return ExitCode.OK.code();
  }

  /** A finished quickstart is shown though its server has ended with it, where it is asked for. */
  private SeriesProgress kept(CommandFailed problem) {
    boolean meant = series != null || !server.typed(session.places()).isEmpty();
    if (problem.exitCode() != ExitCode.UNREACHABLE || watch || !meant) {
      throw problem;
    }
    return KeptSeries.of(server, session.places(), series).orElseThrow(() -> problem);
  }

  private void show(Look look) {
    Instant now = Instant.now();
    String typed = server.typed(session.places());
    if (json) {
      session.console().print(Status.of(look.progress(), look.heartbeats(), now, typed).json());
    } else {
      session
          .console()
          .out()
          .print(
              StatusScreen.render(look.progress(), look.heartbeats(), now, session.data(), typed));
      session.console().out().flush();
    }
  }

  static String only(List<String> names) {
    if (names.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE, "there is no series yet: 'recycler start FILE' starts one.");
    }
    if (names.size() > 1) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "which series? There are "
              + String.join(", ", names.subList(0, Math.min(8, names.size())))
              + (names.size() > 8 ? " and more" : "")
              + ".");
    }
    return names.getFirst();
  }
}
