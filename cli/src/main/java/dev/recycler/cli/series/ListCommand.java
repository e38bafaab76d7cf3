package dev.recycler.cli.series;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.worker.TemporalConnection;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler list}. */
@Command(
    name = "list",
    description = "List the series that the server knows, newest first.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler list",
      "  recycler list --state failed            those that need somebody",
      "  recycler list olmo2 --since 7d          by name and age",
      "  recycler list --json"
    })
public final class ListCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(
      paramLabel = "PREFIX",
      arity = "0..1",
      description = "Only series whose names begin so.")
  private String prefix;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only running, waiting, paused, failed, watching, finished or cancelled ones.")
  private String state;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only those started since, such as 12h, 7d, 2w or 2026-11-01.")
  private String since;

  @Option(names = "--json", description = "Print the list as JSON.")
  private boolean json;

  ListCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    Terminal terminal = session.data();
    SeriesFilter filter = SeriesFilter.typed(state, since, prefix, Instant.now(), terminal.zone());
    List<SeriesList.Entry> entries;
    try (TemporalConnection connection = server.connect(session.places())) {
      entries = new SeriesList(connection).entries(filter);
    }
    if (json) {
      JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
      session.console().print(mapper.writeValueAsString(entries));
    } else if (!entries.isEmpty()) {
      table(entries, terminal);
    } else if (filter.equals(SeriesFilter.ALL)) {
      session.console().say("There is no series yet: 'recycler start FILE' starts one.");
    } else {
      session.console().say("There is no such series; 'recycler list' shows all.");
    }
    for (Path home : server.otherHomes(session.places())) {
      session
          .console()
          .say(
              "Another server has series of its own: 'recycler list --home %s'."
                  .formatted(session.places().quote(home)));
    }
    return ExitCode.OK.code();
  }

  private void table(List<SeriesList.Entry> entries, Terminal terminal) {
    int widest = entries.stream().mapToInt(e -> e.series().length()).max().orElse(0);
    int width = Math.max(6, widest);
    row(width, "SERIES", "STATE", "STEPS", "STARTED");
    for (SeriesList.Entry entry : entries) {
      row(
          width,
          entry.series(),
          entry.state(),
          entry.done() == null ? "" : entry.done() + " of " + entry.total(),
          terminal.time(Instant.parse(entry.started())));
    }
  }

  private void row(int width, String series, String state, String steps, String started) {
    session
        .console()
        .print(
            String.join(
                "  ",
                Width.left(series, width),
                Width.left(state, 9),
                Width.right(steps, 12),
                started));
  }
}
