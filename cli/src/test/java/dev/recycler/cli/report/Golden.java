package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Output that was looked at once and is to stay as it is. {@code -Drecycler.golden=write} writes
 * the files anew; the difference is then read before it is committed.
 */
public final class Golden {
  private static final Path FOLDER =
      Path.of(System.getProperty("recycler.checkout"), "cli/src/test/resources/golden");

  private Golden() {}

  /** Fails where the text is not the file's. */
  public static void check(String file, String actual) {
    Path golden = FOLDER.resolve(file);
    try {
      if ("write".equals(System.getProperty("recycler.golden"))) {
        Files.createDirectories(golden.getParent());
        Files.writeString(golden, actual);
      }
      assertThat(actual).as("%s", golden).isEqualTo(Files.readString(golden));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
