package dev.recycler.cli.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.recycler.activities.store.Verification;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.terminal.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler verify}. */
@Command(
    name = "verify",
    description = "Read every file again and compare it with its recorded digest.",
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {"0:all is as recorded", "1:something is not", "2:there is nothing to verify"},
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler verify store                                    all of a store",
      "  recycler verify store/series/toy/M5.iterative.finetune   one model",
      "  recycler verify ~/.cache/huggingface/hub/models--org--name"
    })
public final class VerifyCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "PATH", description = "A model, a store, or a model in the hub's cache.")
  private Path path;

  @Option(names = "--json", description = "Print what was found as JSON.")
  private boolean json;

  VerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Path place = session.places().resolve(path);
    if (!Files.isDirectory(place)) {
      throw new CommandFailed(ExitCode.USAGE, "there is no folder " + path + ".");
    }
    List<Path> folders = Verification.verifiable(place.toRealPath());
    if (folders.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          path
              + " holds no recycler.json and is no snapshot of a hub's cache; nothing tells what"
              + " its files should be.");
    }
    List<Verification> found = new ArrayList<>();
    try (Progress progress = new Progress(session)) {
      progress.begin("Reading " + what(folders));
      for (Path folder : folders) {
        progress.detail((double) found.size() / folders.size(), folder.getFileName().toString());
        found.add(Verification.of(folder, () -> {}));
      }
    }
    boolean good = found.stream().allMatch(Verification::good);
    if (json) {
      printJson(found, good);
    } else {
      print(found);
    }
    return (good ? ExitCode.OK : ExitCode.FAILED).code();
  }

  private static String what(List<Path> folders) {
    return folders.size() == 1
        ? folders.getFirst().getFileName().toString()
        : folders.size() + " folders";
  }

  private void print(List<Verification> found) {
    for (Verification each : found) {
      for (String problem : each.problems()) {
        session.console().print(each.folder() + ": " + problem);
      }
    }
    session
        .console()
        .say(
            "%d of %d folders are as recorded (%d files, %s read)."
                .formatted(
                    found.stream().filter(Verification::good).count(),
                    found.size(),
                    found.stream().mapToLong(Verification::files).sum(),
                    Sizes.of(found.stream().mapToLong(Verification::bytes).sum())));
  }

  private void printJson(List<Verification> found, boolean good) throws IOException {
    List<Object> folders = new ArrayList<>();
    for (Verification each : found) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("folder", each.folder().toString());
      entry.put("good", each.good());
      entry.put("files", each.files());
      entry.put("bytes", each.bytes());
      entry.put("problems", each.problems());
      folders.add(entry);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("good", good);
    all.put("folders", folders);
    session
        .console()
        .print(
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all));
  }
}
