package dev.recycler.cli.series;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.cli.Cli;
import dev.recycler.cli.Sessions;
import dev.recycler.cli.report.SyntheticSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a quickstart kept, looked at when its server has ended with it. */
class KeptSeriesTest {
  @TempDir private Path folder;
  private Sessions sessions;

  @BeforeEach
  void keep() throws IOException {
    sessions = new Sessions(folder, Map.of());
    Path home = Files.createDirectories(folder.resolve("my home"));
    KeptSeries.write(home, SyntheticSeries.five().progress(SyntheticSeries.END));
    // Its models are imaginary, and what is gone is not shown.
    ObjectMapper json = new ObjectMapper();
    JsonNode kept = json.readTree(home.resolve("result.json").toFile());
    kept.path("steps").forEach(step -> ((ObjectNode) step).putNull("path"));
    json.writeValue(home.resolve("result.json").toFile(), kept);
  }

  private int run(String... args) {
    return new Cli(sessions.session()).run(args);
  }

  @Test
  void statusAndReportShowItByItsHome() {
    assertThat(run("status", "mini", "--home", "my home")).as(sessions.err()).isZero();
    assertThat(sessions.out()).startsWith("mini").contains("finished");

    assertThat(run("report", "mini", "--home", "my home")).as(sessions.err()).isZero();
    assertThat(sessions.out()).contains("FT(M_i + Δiter)");
  }

  @Test
  void anotherSeriesIsNotThere() {
    assertThat(run("status", "other", "--home", "my home")).isEqualTo(3);
    assertThat(sessions.err()).contains("no Temporal server runs in");
    assertThat(run("status", "mini", "--watch", "--home", "my home")).isEqualTo(3);
    assertThat(sessions.out()).isEmpty();
  }

  @Test
  void aReportThatCannotBeWrittenSaysWhy() throws IOException {
    assertThat(run("report", "mini", "--home", "my home", "--out", "nowhere/x.html")).isEqualTo(2);
    assertThat(sessions.err())
        .isEqualTo(
            "recycler: %s can't be written: there is no folder %s.%n"
                .formatted(folder.resolve("nowhere/x.html"), folder.resolve("nowhere")));
    Files.createDirectory(folder.resolve("x.html"));
    assertThat(run("report", "mini", "--home", "my home", "--out", "x.html")).isEqualTo(2);
    assertThat(sessions.err()).endsWith("x.html can't be written: it is a folder.\n");
  }
}
