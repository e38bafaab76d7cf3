package dev.recycler.cli.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.recycler.activities.store.FileDigest;
import dev.recycler.activities.store.LineageGraph;
import dev.recycler.activities.store.LineageNode;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.OutputFile;
import dev.recycler.cli.console.Session;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler lineage}. */
@Command(
    name = "lineage",
    description = "Show what a model was made from, back to releases and data.",
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {"0:it is shown", "2:there is no such folder, or nothing tells of it"},
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler lineage store/series/toy/M5.iterative.finetune",
      "  recycler lineage merged                  what 'recycler merge' wrote",
      "  recycler lineage MODEL --json",
      "  recycler lineage MODEL --in-toto > statement.json",
      "  recycler lineage MODEL --picture lineage.svg"
    })
public final class LineageCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      paramLabel = "PATH",
      description = "A model's or a score's folder, in a store or elsewhere.")
  private Path path;

  @Option(names = "--json", description = "Print every node with parameters, versions and digests.")
  private boolean json;

  @Option(
      names = "--in-toto",
      description = "Print an in-toto statement with SLSA provenance over its files, to be signed.")
  private boolean statement;

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
    LineageNode node = node();
    if (picture != null) {
      Path file = session.places().resolve(picture);
      OutputFile.write(file, LineagePicture.svg(node));
      session.console().say("Drawn in " + session.places().show(file) + ".");
    }
    if (statement && FileDigest.inRecord(node.record()).isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "the recycler.json of "
              + path
              + " lists no files, so there is nothing to make a statement"
              + " over.");
    }
    if (json || statement) {
      session
          .console()
          .print(
              new ObjectMapper()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(statement ? Statement.of(node) : LineageText.json(node)));
    } else if (picture == null) {
      LineageText.tree(node).forEach(session.console()::print);
    }
    return ExitCode.OK.code();
  }

  private LineageNode node() throws IOException {
    LineageNode node;
    try {
      node = LineageGraph.of(session.places().resolve(path));
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new CommandFailed(ExitCode.USAGE, "there is no folder " + path + ".", e);
    } catch (JsonProcessingException e) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "the recycler.json of " + path + " or of what it was made from is damaged.",
          e);
    }
    if (node.record().isMissingNode()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          path
              + " has no recycler.json, so nothing tells what it was made from; give a folder that"
              + " recycler wrote: a step's in a store, a merge's, or a publication.");
    }
    return node;
  }
}
