package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Output that was looked at once and is to stay as it is. {@code -Drecycler.golden=write} writes
 * the files anew; the difference is then read before it is committed.
 */
public final class Golden {
  private static final Path FOLDER =
      Path.of(System.getProperty("recycler.checkout"), "cli/src/test/resources/golden");

  private Golden() {}

  private static final Pattern PAGE =
      Pattern.compile("(?s)(.*<title>).*(</title>.*</head>\\s*)(<body>.*)");

  /**
   * Fails where the text is not the file's. A page is held to two: what all pages begin with, style
   * included, is in {@code head.html} beside it, so that a file has only what is its own.
   */
  public static void check(String file, String actual) {
    Matcher page = PAGE.matcher(actual);
    if (file.endsWith(".html")) {
      assertThat(page.matches()).as("%s has a head and a body", file).isTrue();
      compare(
          Path.of(file).resolveSibling("head.html").toString(),
          page.group(1) + "(its own)" + page.group(2) + "\n");
      compare(file, page.group(3));
    } else {
      compare(file, actual);
    }
  }

  private static void compare(String file, String actual) {
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
