package dev.recycler.cli.drill;

import dev.recycler.cli.drill.soak.Figure;
import dev.recycler.cli.drill.soak.Samples.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Takes the measurements of a soak, from outside: from the kernel, the server and the disk. */
final class SoakMeter {
  private static final double KIB = 1024;
  private static final double MIB = KIB * KIB;
  private static final List<String> UNFINISHED =
      List.of("staging", "trash", "work/finetune", "work/evaluate");
  private static final Pattern STATUS =
      Pattern.compile("(?m)^(VmRSS|RssAnon|Threads):\\s+([0-9]+)");

  private final Scene scene;
  private final Map<Figure, Double> values = new EnumMap<>(Figure.class);

  private SoakMeter(Scene scene) {
    this.scene = scene;
  }

  /**
   * Measures everything once.
   *
   * @param fed how many releases were published
   * @param done how many of them are done
   * @param look how long a look at the series took; nothing where nobody answered
   */
  static Sample measure(Scene scene, double minute, int fed, int done, Optional<Duration> look)
      throws IOException {
    SoakMeter meter = new SoakMeter(scene);
    meter.values.put(Figure.FED, (double) fed);
    meter.values.put(Figure.DONE, (double) done);
    look.ifPresent(time -> meter.values.put(Figure.STATUS, time.toNanos() / 1e6));
    meter.worker();
    meter.server();
    meter.history();
    meter.store();
    meter.values.put(Figure.PROCESSES, (double) Processes.left(scene.folder().path()).size());
    return new Sample(minute, meter.values);
  }

  /** Where the worker that is measured tells of its heap. */
  static Path heap(RunFolder folder) {
    return folder.path().resolve("heap-0");
  }

  private void worker() throws IOException {
    long pid = scene.workers().choose(0).pid();
    process(
        pid,
        Map.of(
            "VmRSS", Figure.WORKER_RSS,
            "RssAnon", Figure.WORKER_ANON,
            "Threads", Figure.WORKER_THREADS));
    openFiles(pid).ifPresent(files -> values.put(Figure.WORKER_FILES, files));
    LiveHeap.read(heap(scene.folder()))
        .ifPresent(bytes -> values.put(Figure.WORKER_HEAP, bytes / MIB));
  }

  private void server() throws IOException {
    for (ProcessHandle server : scene.server().process()) {
      // Its supervisor has the same words in its command line.
      if (!server.info().commandLine().orElse("").contains(Scene.SUPERVISOR)) {
        process(
            server.pid(), Map.of("RssAnon", Figure.SERVER_ANON, "Threads", Figure.SERVER_THREADS));
        openFiles(server.pid()).ifPresent(files -> values.put(Figure.SERVER_FILES, files));
      }
    }
    long database = scene.server().databaseBytes();
    if (database > 0) {
      values.put(Figure.DATABASE_KIB, database / KIB);
    }
  }

  private void process(long pid, Map<String, Figure> figures) throws IOException {
    String status;
    try {
      status = Files.readString(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return;
    }
    Matcher line = STATUS.matcher(status);
    while (line.find()) {
      Figure figure = figures.get(line.group(1));
      if (figure != null) {
        double value = Double.parseDouble(line.group(2));
        values.put(figure, line.group(1).equals("Threads") ? value : value / KIB);
      }
    }
  }

  private static Optional<Double> openFiles(long pid) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return Optional.of((double) files.count());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void history() {
    scene
        .series()
        .newest()
        .ifPresent(
            run -> {
              values.put(Figure.HISTORY_EVENTS, (double) run.getHistoryLength());
              values.put(Figure.HISTORY_MIB, run.getHistorySizeBytes() / MIB);
            });
  }

  private void store() throws IOException {
    Path store = scene.folder().store();
    long[] sum = new long[2];
    try (Stream<Path> tree = Files.walk(store)) {
      tree.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .forEach(
              file -> {
                sum[0]++;
                sum[1] += size(file);
              });
      values.put(Figure.STORE_FILES, (double) sum[0]);
      values.put(Figure.STORE_KIB, sum[1] / KIB);
    } catch (NoSuchFileException | UncheckedIOException e) {
      // Something was taken away meanwhile: the next look will do.
      scene.timeLine().add("the store was not measured: " + e.getMessage());
    }
    long unfinished = 0;
    for (String part : UNFINISHED) {
      try (Stream<Path> entries = Files.list(store.resolve(part))) {
        unfinished += entries.count();
      } catch (NoSuchFileException e) {
        // Nothing was begun yet.
      }
    }
    values.put(Figure.UNFINISHED, (double) unfinished);
  }

  /** Its share, where several names share it. */
  private static long size(Path file) {
    try {
      int links = (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
      return Files.size(file) / Math.max(1, links);
    } catch (IOException e) {
      return 0;
    }
  }
}
