package dev.recycler.cli.series;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recycler list}. */
@Command(
    name = "list",
    description = "List the series that the server knows, newest first.",
    footerHeading = "%nExamples%n",
    footer = {"  recycler list", "  recycler list --json"})
public final class ListCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM yyyy HH:mm z", Locale.ENGLISH);

  private final Session session;

  @Mixin private ServerOptions server;

  @Option(names = "--json", description = "Print the list as JSON.")
  private boolean json;

  ListCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    List<SeriesList.Entry> entries;
    try (TemporalConnection connection = server.connect(session.places())) {
      entries = new SeriesList(connection).entries();
    }
    if (json) {
      JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
      session.console().print(mapper.writeValueAsString(entries));
    } else if (entries.isEmpty()) {
      session.console().say("There is no series yet: 'recycler start FILE' starts one.");
    } else {
      table(entries);
    }
    return ExitCode.OK.code();
  }

  private void table(List<SeriesList.Entry> entries) {
    int width = entries.stream().mapToInt(e -> e.series().length()).max().orElse(0);
    String line = "%-" + Math.max(6, width) + "s  %-9s  %9s  %s";
    session.console().print(String.format(line, "SERIES", "STATE", "STEPS", "STARTED"));
    for (SeriesList.Entry entry : entries) {
      String steps = entry.done() == null ? "" : entry.done() + " of " + entry.total();
      String started = TIME.format(Instant.parse(entry.started()).atZone(ZoneId.systemDefault()));
      session
          .console()
          .print(
              String.format(line, entry.series(), entry.state(), steps, started).stripTrailing());
    }
  }
}
