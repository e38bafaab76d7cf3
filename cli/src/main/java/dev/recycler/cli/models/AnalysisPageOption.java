package dev.recycler.cli.models;

import dev.recycler.activities.merge.Analysis;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.cli.console.OutputFile;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.report.AnalysisPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The page with a picture of the layers that an analysis can leave. */
final class AnalysisPageOption {
  private final Session session;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write one self-contained page with a picture of the layers, too.")
  private Path html;

  AnalysisPageOption(Session session) {
    this.session = session;
  }

  boolean isWanted() {
    return html != null;
  }

  /**
   * @throws BadCheckpointException where the page will have no folder to lie in, which is better
   *     known before the models are read
   */
  void requireFolder() {
    if (html == null) {
      return;
    }
    Path folder = session.places().resolve(html).toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new BadCheckpointException(
          "%s cannot be written: its folder does not exist".formatted(html));
    }
  }

  /** Writes the page, where one is wanted, with the models by what they are. */
  void write(CommandSpec spec, Analysis analysis, Map<String, String> models) throws IOException {
    if (html == null) {
      return;
    }
    Path file = session.places().resolve(html);
    OutputFile.write(file, AnalysisPage.render(analysis, models));
    Models.say(spec, "Written to " + session.places().show(file));
  }
}
