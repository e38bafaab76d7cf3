package dev.recycler.activities.training;

import dev.recycler.activities.store.Folders;
import dev.recycler.activities.training.Checkpoints.Saved;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Checksums of the states that a trainer has saved, which keeps none itself: taken soon after a
 * state was saved, and compared before it is gone on from or published. They find what a disk has
 * changed, not what somebody has forged, so they are of the fastest kind: CRC-32C.
 *
 * <pre>
 * attempt-N/output/checkpoint-8/…   a trainer's state
 * attempt-N/seals/8                 a line for each of its files: CHECKSUM BYTES NAME
 * </pre>
 */
final class CheckpointSeals {
  private static final String FOLDER = "seals";
  private static final int BLOCK = 1 << 20;

  private final Path folder;

  private CheckpointSeals(Path folder) {
    this.folder = folder;
  }

  /** The seals of an attempt's states. */
  static CheckpointSeals beside(Path output) {
    return new CheckpointSeals(output.resolveSibling(FOLDER));
  }

  /** Whether a step's state has one. */
  boolean has(long step) {
    return Files.exists(file(step));
  }

  /**
   * Takes the checksums of a state. One that changes or goes meanwhile gets none.
   *
   * @param tick called again and again; what it throws ends the reading
   */
  void put(Saved saved, Runnable tick) throws IOException {
    Map<String, String> before = sizes(saved.folder());
    StringBuilder lines = new StringBuilder();
    try {
      for (String name : before.keySet()) {
        lines.append(line(saved.folder(), name, tick)).append('\n');
      }
    } catch (NoSuchFileException e) {
      // Its trainer removes it.
      return;
    }
    if (sizes(saved.folder()).equals(before)) {
      write(saved.step(), lines.toString());
    }
  }

  private void write(long step, String lines) throws IOException {
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      // Of an earlier state.
    }
    Path fresh = folder.resolve(".new-" + step + "-" + ProcessHandle.current().pid());
    Files.writeString(fresh, lines);
    Folders.force(fresh);
    Files.move(fresh, file(step), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * What of a state is not as it was when it was sealed; nothing where all is, or where it has no
   * seal.
   *
   * @param wanted which files are looked at, by their names
   * @param tick called again and again
   */
  Optional<String> flaw(Saved saved, Predicate<String> wanted, Runnable tick) throws IOException {
    if (!has(saved.step())) {
      return Optional.empty();
    }
    for (String sealed : Files.readAllLines(file(saved.step()))) {
      String name = name(sealed);
      if (wanted.test(name)) {
        try {
          if (!line(saved.folder(), name, tick).equals(sealed)) {
            return Optional.of(name + " was damaged after it was saved");
          }
        } catch (NoSuchFileException e) {
          return Optional.of(name + " is gone");
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a state was sealed, and no file of it is gone since. */
  boolean hasAllOf(Saved saved) throws IOException {
    if (!has(saved.step())) {
      return false;
    }
    try (Stream<String> lines = Files.lines(file(saved.step()))) {
      return lines.allMatch(line -> Files.exists(saved.folder().resolve(name(line))));
    }
  }

  /** Takes a state's seal over from another attempt. */
  void bring(CheckpointSeals from, long step) throws IOException {
    if (from.has(step) && !has(step)) {
      write(step, Files.readString(from.file(step)));
    }
  }

  private Path file(long step) {
    return folder.resolve(Long.toString(step));
  }

  private static String name(String line) {
    return line.split(" ", 3)[2];
  }

  private static Map<String, String> sizes(Path saved) throws IOException {
    Map<String, String> sizes = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(saved)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        sizes.put(
            saved.relativize(file).toString(),
            Files.size(file) + " " + Files.getLastModifiedTime(file));
      }
    } catch (NoSuchFileException | java.io.UncheckedIOException e) {
      // Its trainer removes it.
      return Map.of();
    }
    return sizes;
  }

  private static String line(Path saved, String name, Runnable tick) throws IOException {
    CRC32C sum = new CRC32C();
    long size = 0;
    ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel channel = FileChannel.open(saved.resolve(name), StandardOpenOption.READ)) {
      for (int n = channel.read(buffer); n >= 0; n = channel.read(buffer)) {
        sum.update(buffer.flip());
        buffer.clear();
        size += n;
        tick.run();
      }
    }
    return "%08x %d %s".formatted(sum.getValue(), size, name);
  }
}
