package dev.recycler.cli.serve;

import dev.recycler.cli.console.Places;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The user's browser. */
public final class Browser {
  private static final List<String> OPENERS = List.of("xdg-open", "wslview", "open");
  private static final long PATIENCE_SECONDS = 5;

  private final Places places;

  public Browser(Places places) {
    this.places = places;
  }

  /**
   * Opens an address in it.
   *
   * @return why that can't be done, or nothing where it was
   */
  public Optional<String> open(String address) throws InterruptedException {
    Optional<String> program = program();
    if (program.isEmpty()) {
      return Optional.of("no browser was found (BROWSER, " + String.join(", ", OPENERS) + ")");
    }
    try {
      Process process =
          new ProcessBuilder(program.get(), address)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      // One that stays is the browser itself.
      boolean failed =
          process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() != 0;
      return failed
          ? Optional.of(program.get() + " ended with exit code " + process.exitValue())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(program.get() + " can't be started: " + e.getMessage());
    }
  }

  private Optional<String> program() {
    return places
        .variable("BROWSER")
        .or(
            () ->
                OPENERS.stream()
                    .flatMap(
                        name ->
                            Stream.of(places.variable("PATH").orElse("").split(File.pathSeparator))
                                .map(folder -> Path.of(folder, name)))
                    .filter(Files::isExecutable)
                    .map(Path::toString)
                    .findFirst());
  }
}
