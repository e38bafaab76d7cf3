package dev.recycler.cli.run;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.worker.WorkerFile;
import dev.recycler.worker.WorkerSettings;
import dev.recycler.workflows.spec.Problem;
import dev.recycler.workflows.spec.SettingsFile;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Reads the file in which the owner of a worker says what it is for and what it may do. */
final class WorkerFiles {
  /** Names the file where no option does. */
  static final String VARIABLE = "RECYCLER_WORKER_FILE";

  private WorkerFiles() {}

  /**
   * Reads it.
   *
   * @param written as the user wrote it, or null for the one that the environment names
   * @throws CommandFailed with everything that is wrong with the file, one line each
   */
  static WorkerSettings read(Path written, Places places) {
    Path named = written == null ? places.variable(VARIABLE).map(Path::of).orElse(null) : written;
    if (named == null) {
      return WorkerSettings.ofOwner();
    }
    Path file = places.resolve(named);
    SettingsFile<WorkerSettings> parsed =
        WorkerFile.parse(
            SeriesFiles.text(file, named),
            named.toString(),
            SeriesFiles.surroundings(file, places));
    return parsed
        .settings()
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitCode.USAGE,
                    parsed.problems().stream()
                        .map(Problem::toString)
                        .collect(
                            Collectors.joining("\n", "the worker's file can't be used:\n", ""))));
  }
}
