package dev.recycler.cli.series;

import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesWorkflow;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The running series that a command asks something of: its name, and the server it runs on. */
final class RunningSeries {
  @Mixin private ServerOptions server;

  @Parameters(index = "0", paramLabel = "SERIES", description = "Name of the series.")
  private String name;

  String name() {
    return name;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws dev.recycler.cli.console.CommandFailed in the series' own words where it refuses
   */
  <T> T ask(Session session, Function<SeriesWorkflow, T> request) {
    return with(session, client -> client.ask(name, request));
  }

  /** Does something with the server's series. */
  <T> T with(Session session, Function<SeriesClient, T> work) {
    try (TemporalConnection connection = server.connect(session.places())) {
      return work.apply(new SeriesClient(connection));
    }
  }

  /** A command for this series as a person would type it next, on the same server. */
  String command(Session session, String verb, String... more) {
    String words = more.length == 0 ? "" : " " + String.join(" ", more);
    return "recycler " + verb + " " + name + words + server.typed(session.places());
  }
}
