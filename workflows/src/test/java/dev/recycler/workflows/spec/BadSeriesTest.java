package dev.recycler.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bad file gives, word for word, the problems that stand in the file beside it. */
class BadSeriesTest {
  private static final Path FOLDER = Path.of("src/test/resources/bad-series");

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .map(name -> name.substring(0, name.length() - ".yaml".length()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void isRefusedWithAllItsProblems(String name) {
    SeriesFile file = SeriesFile.parse(read(name + ".yaml"), "series.yaml", new ImaginaryMachine());
    String problems =
        file.problems().stream().map(problem -> problem + "\n").collect(Collectors.joining());
    assertThat(problems).isEqualTo(read(name + ".expected")).isNotEmpty();
    assertThatThrownBy(file::spec).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void thereAreMany() throws IOException {
    assertThat(names()).hasSizeGreaterThanOrEqualTo(40);
  }

  private static String read(String name) {
    try {
      return Files.readString(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
