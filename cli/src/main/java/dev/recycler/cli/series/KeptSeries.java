package dev.recycler.cli.series;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.workflows.progress.SeriesProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A finished series as a home keeps it, to be shown when no server runs. */
public final class KeptSeries {
  private static final String FILE = "result.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private KeptSeries() {}

  /** The series that a home keeps; nothing where something that it made is gone. */
  public static Optional<SeriesProgress> read(Path home) {
    try {
      SeriesProgress progress = JSON.readValue(home.resolve(FILE).toFile(), SeriesProgress.class);
      boolean there =
          progress.steps().stream()
              .filter(step -> step.path() != null)
              .allMatch(step -> Files.exists(Path.of(step.path())));
      return there ? Optional.of(progress) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * The series of the home that these options name, whose server does not run.
   *
   * @param series the one that is meant, or null for the one that is kept
   */
  static Optional<SeriesProgress> of(ServerOptions server, Places places, String series) {
    return server
        .keepingHome(places)
        .flatMap(KeptSeries::read)
        .filter(kept -> series == null || series.equals(kept.spec().series()));
  }

  /** Keeps a series in a home. */
  public static void write(Path home, SeriesProgress progress) throws IOException {
    Path next = home.resolve(FILE + ".next");
    Files.write(next, JSON.writeValueAsBytes(progress));
    Files.move(next, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }
}
