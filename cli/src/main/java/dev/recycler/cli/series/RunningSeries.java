package dev.recycler.cli.series;

import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesWorkflow;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The running series that a command asks something of: its name, and the server it runs on. */
final class RunningSeries {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(index = "0", paramLabel = "SERIES", description = "Name of the series.")
  private String name;

  RunningSeries(Session session) {
    this.session = session;
  }

  String name() {
    return name;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws dev.recycler.cli.console.CommandFailed in the series' own words where it refuses
   */
  <T> T ask(Function<SeriesWorkflow, T> request) {
    return with(client -> client.ask(name, request));
  }

  /** The same where the answer is nothing but yes. */
  void tell(Consumer<SeriesWorkflow> request) {
    ask(
        workflow -> {
          request.accept(workflow);
          return null;
        });
  }

  /** Asks it to end its steps and itself. */
  void cancel() {
    with(
        client -> {
          client.cancel(name);
          return null;
        });
  }

  /** Does something with the server's series. */
  <T> T with(Function<SeriesClient, T> work) {
    try (TemporalConnection connection = server.connect(session.places())) {
      return work.apply(new SeriesClient(connection, server.typed(session.places())));
    }
  }

  /** Tells the person. */
  void say(String sentence) {
    session.console().say(sentence);
  }

  /** A command for this series as a person would type it next, on the same server. */
  String command(String verb, String... more) {
    String words = more.length == 0 ? "" : " " + String.join(" ", more);
    return "recycler " + verb + " " + name + words + server.typed(session.places());
  }
}
