package dev.recycler.cli.quickstart;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.activities.store.Folders;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.series.KeptSeries;
import dev.recycler.workflows.progress.SeriesProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The one folder that holds everything a quickstart makes.
 *
 * <pre>
 * quickstart.json   marks the folder as a quickstart's, and keeps its parameters
 * mini-series/      the base-model releases, the data and the task
 * series.yaml       the series file
 * store/            every model, with its lineage
 * logs/             of the Temporal server and of the worker
 * temporal.db       the series' history
 * result.json       the finished series; report.* are made from it
 * </pre>
 */
final class QuickstartHome {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** Is there before a quickstart has begun. */
  private static final String LOCK = "lock";

  private static final String MARKER = "quickstart.json";

  private final Path folder;

  QuickstartHome(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  Path miniSeries() {
    return folder.resolve("mini-series");
  }

  Path seriesFile() {
    return folder.resolve("series.yaml");
  }

  Path logs() {
    return folder.resolve("logs");
  }

  Path report(String extension) {
    return folder.resolve("report." + extension);
  }

  /**
   * Refuses a folder that is somebody else's. To be called before anything is written.
   *
   * @throws CommandFailed where it holds something and is not a quickstart's
   */
  void refuseForeign() {
    if (isMarked()) {
      return;
    }
    try {
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new CommandFailed(ExitCode.USAGE, folder + " is a file; give a folder with --home.");
      }
      if (Files.isDirectory(folder) && !content().isEmpty()) {
        throw new CommandFailed(
            ExitCode.USAGE,
            folder
                + " holds other things than a quickstart. Give another folder with --home, or an"
                + " empty one.");
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** The parameters that this home was made with, if it was. */
  Optional<Parameters> parameters() {
    if (!isMarked()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(folder.resolve(MARKER).toFile(), Parameters.class));
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.USAGE, folder.resolve(MARKER) + " can't be read; --fresh starts over.", e);
    }
  }

  /** Makes this folder the home of a quickstart. */
  void mark(Parameters parameters) {
    write(MARKER, parameters);
  }

  /** Deletes everything that a quickstart made here. */
  void clear() {
    if (!isMarked()) {
      return;
    }
    try {
      // The marker goes last: what was cut short is still known to be a quickstart's.
      for (Path path : content()) {
        if (!path.endsWith(MARKER)) {
          Folders.delete(path);
        }
      }
      Files.delete(folder.resolve(MARKER));
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** The series as it was when it finished, if it has and what it made is still there. */
  Optional<SeriesProgress> result() {
    return KeptSeries.read(folder);
  }

  void keepResult(SeriesProgress progress) throws IOException {
    KeptSeries.write(folder, progress);
  }

  private boolean isMarked() {
    return Files.isRegularFile(folder.resolve(MARKER));
  }

  private List<Path> content() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(entry -> !entry.endsWith(LOCK)).toList();
    }
  }

  private void write(String name, Object value) {
    try {
      Path next = folder.resolve(name + ".next");
      Files.write(next, JSON.writeValueAsBytes(value));
      Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private CommandFailed unusable(IOException e) {
    return new CommandFailed(
        ExitCode.ENVIRONMENT,
        "the folder "
            + folder
            + " can't be used: "
            + e.getMessage()
            + ". Choose another with --home.",
        e);
  }
}
