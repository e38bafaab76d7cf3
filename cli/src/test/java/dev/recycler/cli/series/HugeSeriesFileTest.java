package dev.recycler.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.cli.Sessions;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are made to exhaust whoever reads them. */
class HugeSeriesFileTest {
  @TempDir private Path folder;

  @Test
  void tenGigabytesAreRefusedWithoutBeingRead() throws IOException {
    Path file = folder.resolve("series.yaml");
    try (RandomAccessFile bomb = new RandomAccessFile(file.toFile(), "rw")) {
      bomb.setLength(10L << 30);
    }
    refused(file, "is larger than 1 MiB");
  }

  @Test
  void aliasesThatMultiplyAreRefused() throws IOException {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i <= 200; i++) {
      laughs
          .append("a%d: &a%d [".formatted(i, i))
          .append("*a%d, ".formatted(i - 1).repeat(10))
          .append("x]\n");
    }
    Path file = Files.writeString(folder.resolve("series.yaml"), laughs);
    refused(file, "more than 1000 aliases");
  }

  private void refused(Path file, String why) {
    CommandFailed refusal =
        catchThrowableOfType(
            CommandFailed.class,
            () -> SeriesFiles.read(file, new Sessions(folder, Map.of()).session().places()));
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refusal).hasMessageContaining(why);
  }
}
