package dev.recycler.cli.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.recycler.activities.store.LineageGraph;
import dev.recycler.activities.store.LineageNode;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler lineage}. */
@Command(
    name = "lineage",
    description = "Show what a model was made from, back to releases and data.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler lineage store/series/toy/M5.iterative.finetune",
      "  recycler lineage MODEL --json",
      "  recycler lineage MODEL --picture lineage.svg"
    })
public final class LineageCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "PATH", description = "A model's or a score's folder.")
  private Path path;

  @Option(names = "--json", description = "Print every node with parameters, versions and digests.")
  private boolean json;

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "Draw it, as an SVG that needs nothing else.")
  private Path picture;

  LineageCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    LineageNode node;
    try {
      node = LineageGraph.of(session.places().resolve(path));
    } catch (FileSystemException e) {
      throw new CommandFailed(ExitCode.USAGE, "there is no folder " + path + ".", e);
    }
    if (picture != null) {
      Path file = session.places().resolve(picture);
      Files.writeString(file, LineagePicture.svg(node));
      session.console().say("Drawn in " + session.places().show(file) + ".");
    }
    if (json) {
      session
          .console()
          .print(
              new ObjectMapper()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(LineageText.json(node)));
    } else if (picture == null) {
      LineageText.tree(node).forEach(session.console()::print);
    }
    return ExitCode.OK.code();
  }
}
