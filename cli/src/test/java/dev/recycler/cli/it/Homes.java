package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Homes of quickstarts for the tests, and what lies in them. */
final class Homes {
  private static PackagedCli.Result undisturbed;

  private Homes() {}

  /**
   * A home whose quickstart ran to its end without anybody disturbing it. Made once; its path has a
   * space.
   */
  static synchronized Path undisturbed() throws IOException, InterruptedException {
    Path home = PackagedCli.WORK.resolve("undisturbed home");
    if (undisturbed == null) {
      Folders.delete(home);
      undisturbed = new PackagedCli().run("quickstart", "--smoke", "--home", home.toString());
      assertThat(undisturbed.code()).as(undisturbed.err()).isZero();
    }
    return home;
  }

  /** What the undisturbed quickstart printed. */
  static PackagedCli.Result undisturbedResult() throws IOException, InterruptedException {
    undisturbed();
    return undisturbed;
  }

  /**
   * A home that is about to begin, with the releases of the undisturbed one: pretraining them again
   * would give the same bytes and take a while.
   */
  static Path prepared(String name, String strategies) throws IOException, InterruptedException {
    Path releases = undisturbed().resolve("mini-series");
    Path home = PackagedCli.WORK.resolve(name);
    Folders.delete(home);
    Files.createDirectories(home);
    Files.createSymbolicLink(home.resolve("mini-series"), releases);
    Files.writeString(
        home.resolve("quickstart.json"),
        """
        {"releases": 2, "seed": 0, "strategies": ["%s"], "smoke": true}
        """
            .formatted(strategies));
    return home;
  }

  /** The artifact of a step of the smoke series. */
  static Path artifact(Path home, String step) throws IOException {
    return home.resolve("store/series/smoke").resolve(step).toRealPath();
  }

  static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  /** The lineage record of every artifact that is in a store now, by its path in the store. */
  static Map<String, String> records(Path home) throws IOException {
    Map<String, String> records = new TreeMap<>();
    Path artifacts = home.resolve("store/artifacts");
    if (!Files.isDirectory(artifacts)) {
      return records;
    }
    for (Path operation : list(artifacts)) {
      for (Path artifact : list(operation)) {
        Path record = artifact.resolve("recycler.json");
        if (Files.exists(record)) {
          records.put(
              artifacts.relativize(artifact).toString(),
              Files.getLastModifiedTime(record) + Files.readString(record));
        }
      }
    }
    return records;
  }

  /** Processes that know of a folder by their command line, this one left out. */
  static List<String> processes(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }

  static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }
}
