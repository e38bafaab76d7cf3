package dev.recycler.activities.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Watches another process's lease by its changes, measured on this process's own monotonic clock:
 * clocks of different hosts are never compared.
 */
final class LeaseWatch {
  private final Path file;
  private final Duration period;
  private String last = "";
  private long changed = System.nanoTime();

  LeaseWatch(Path file, Duration period) {
    this.file = file;
    this.period = period;
  }

  /** Whether the lease was seen without any change for a whole period. */
  boolean isDead() throws IOException {
    String now;
    try {
      now = Files.readString(file);
    } catch (NoSuchFileException e) {
      now = "";
    }
    if (!now.equals(last)) {
      last = now;
      changed = System.nanoTime();
    }
    return System.nanoTime() - changed > period.toNanos();
  }
}
