package dev.recycler.activities.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Steps that wait for workers of other processes, oldest first: one file each, taken by a rename.
 */
record StepQueue(Path folder) {
  /**
   * One of them.
   *
   * @param name of the step
   * @param gpus how many it wants
   * @param millis how long its tool takes
   */
  record Waiting(String name, int gpus, int millis) {
    static Waiting of(Path file) {
      String[] parts = file.getFileName().toString().split("_", -1);
      return new Waiting(parts[1], Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
    }
  }

  static StepQueue in(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("waiting"));
    Files.createDirectories(folder.resolve("done"));
    return new StepQueue(folder);
  }

  void offer(String name, int gpus, int millis) throws IOException {
    long number = list("waiting").size();
    Files.createFile(folder.resolve("waiting/%03d_%s_%d_%d".formatted(number, name, gpus, millis)));
  }

  /** The oldest one, which is then the worker's. */
  Optional<Waiting> take(String worker) throws IOException {
    Path mine = Files.createDirectories(folder.resolve("taken-" + worker));
    for (Path file : list("waiting")) {
      try {
        Files.move(file, mine.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        return Optional.of(Waiting.of(file));
      } catch (NoSuchFileException e) {
        // Another worker's.
      }
    }
    return Optional.empty();
  }

  void finish(String worker, Waiting step) throws IOException {
    for (Path file : list("taken-" + worker)) {
      if (Waiting.of(file).equals(step)) {
        Files.move(file, folder.resolve("done").resolve(file.getFileName()));
      }
    }
  }

  /** Behind all others, as after a pause: whoever comes next begins with what nobody has begun. */
  void giveAgainWhatWasTaken(String worker) throws IOException {
    for (Path file : list("taken-" + worker)) {
      String name = file.getFileName().toString();
      Files.move(file, folder.resolve("waiting").resolve("9" + name));
    }
  }

  List<Path> done() {
    return list("done");
  }

  /** No more come. */
  void close() throws IOException {
    Files.createFile(folder.resolve("closed"));
  }

  boolean isClosed() {
    return Files.exists(folder.resolve("closed"));
  }

  private List<Path> list(String name) {
    if (!Files.exists(folder.resolve(name))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
