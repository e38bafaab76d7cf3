package dev.recycler.cli.init;

import dev.recycler.cli.console.Places;
import dev.recycler.cli.init.NewSeries.Release;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.workflows.spec.Problem;
import dev.recycler.workflows.spec.SeriesFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a series file would object to an answer: told while the person is still there to correct it.
 */
final class Objections {
  private static final String ANY = "any";

  private final Path file;
  private final Places places;

  /**
   * @param file the file that is going to be written: relative paths start beside it
   */
  Objections(Path file, Places places) {
    this.file = file;
    this.places = places;
  }

  Optional<String> toName(String name) {
    return to("series", new NewSeries(name, ANY, List.of(), "trl", null, ANY, List.of(), false));
  }

  Optional<String> toModel(String model) {
    List<Release> only = List.of(new Release("M1", model));
    return to(
        "releases[0].model", new NewSeries(ANY, ANY, only, "trl", null, ANY, List.of(), false));
  }

  Optional<String> toData(String trainer, String data) {
    return to(
        "finetune.data", new NewSeries(ANY, ANY, List.of(), trainer, ANY, data, List.of(), false));
  }

  private Optional<String> to(String key, NewSeries series) {
    return SeriesFile.parse(
            SeriesTemplate.text(series), file.toString(), SeriesFiles.surroundings(file, places))
        .problems()
        .stream()
        .filter(problem -> problem.key().equals(key))
        .map(Problem::message)
        .findFirst();
  }
}
