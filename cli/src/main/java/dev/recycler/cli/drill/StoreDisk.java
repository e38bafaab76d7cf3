package dev.recycler.cli.drill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A small file system for the store of one run, which can be full and can refuse to be written. It
 * takes a user who may mount one: root on Linux.
 */
final class StoreDisk implements AutoCloseable {
  /** Why there is none, for people. */
  static final String REFUSED =
      "faults of the group disk are left out: they need a small file system of their own, and this"
          + " user may not mount one (root on Linux may)";

  private static final int READ_ONLY_TRIES = 2000;

  private final Path store;

  private StoreDisk(Path store) {
    this.store = store;
  }

  /** Mounts one where a store is to be; nothing where that is refused. */
  static Optional<StoreDisk> mount(Path store) throws IOException, InterruptedException {
    Files.createDirectories(store);
    return run("mount", "-t", "tmpfs", "-o", "size=32m", "recycler-drill", store.toString())
        ? Optional.of(new StoreDisk(store))
        : Optional.empty();
  }

  /** Leaves no room for so long. */
  synchronized void fill(int millis) throws IOException, InterruptedException {
    Path filler = store.resolve(".drill-filler");
    try {
      ByteBuffer block = ByteBuffer.allocate(1 << 16);
      try (FileChannel channel =
          FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        while (true) {
          channel.write(block.clear());
        }
      } catch (IOException full) {
        Thread.sleep(millis);
      }
    } finally {
      Files.deleteIfExists(filler);
    }
  }

  /** Refuses writing for so long; false where somebody always has a file open for writing. */
  synchronized boolean refuseWriting(int millis) throws IOException, InterruptedException {
    boolean refuses = false;
    for (int i = 0; i < READ_ONLY_TRIES && !refuses; i++) {
      refuses = run("mount", "-o", "remount,ro", store.toString());
    }
    if (refuses) {
      Thread.sleep(millis);
      run("mount", "-o", "remount,rw", store.toString());
    }
    return refuses;
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  /** Takes it away, with all that is in it. */
  @Override
  public void close() throws IOException {
    try {
      run("umount", "-l", store.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
