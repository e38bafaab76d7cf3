package dev.recycler.cli.drill;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Tells in a file how much of a worker's heap is alive, now and then: what a full collection
 * leaves.
 */
final class LiveHeap {
  /** Names the file; without it nothing happens. */
  static final String PROPERTY = "recycler.drill.heap";

  private static final Duration EVERY = Duration.ofSeconds(15);

  private LiveHeap() {}

  /** Begins, in a process that was asked to. */
  static void watch() {
    String file = System.getProperty(PROPERTY);
    if (file != null) {
      Thread.ofPlatform().daemon().name("drill-heap").start(() -> tell(Path.of(file)));
    }
  }

  private static void tell(Path file) {
    try {
      while (true) {
        Thread.sleep(EVERY);
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        Files.writeString(file, Long.toString(used));
      }
    } catch (IOException e) {
      // Nobody looks any more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a worker has told last, in bytes. */
  static Optional<Long> read(Path file) {
    try {
      return Optional.of(Long.valueOf(Files.readString(file)));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
