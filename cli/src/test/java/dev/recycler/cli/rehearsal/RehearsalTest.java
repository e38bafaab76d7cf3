package dev.recycler.cli.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.Cli;
import dev.recycler.cli.Sessions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JVM is shown for its cache is what people run: a rehearsal that fails leaves none. */
class RehearsalTest {
  @TempDir private Path folder;

  @Test
  void theRehearsedSeriesIsShownByEveryCommandThatLooksAtSeries() throws Exception {
    try (ServerOfOneSeries server = new ServerOfOneSeries()) {
      for (String command : List.of("list", "status", "report")) {
        Sessions sessions = new Sessions(folder, Map.of());
        assertThat(
                new Cli(sessions.session()).run(command, "--address", "127.0.0.1:" + server.port()))
            .as(sessions.err())
            .isZero();
        assertThat(sessions.out()).contains("rehearsal", "running");
      }
    }
  }
}
