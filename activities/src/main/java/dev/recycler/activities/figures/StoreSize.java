package dev.recycler.activities.figures;

import dev.recycler.activities.store.Folders;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** How much a store holds, and how much is free beside it. */
final class StoreSize {
  /** A store has few files, and a shared disk has better to do than to list them all the time. */
  private static final Duration AGE = Duration.ofMinutes(10);

  private final Path store;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean counting = new AtomicBoolean();
  private volatile long counted = System.nanoTime() - AGE.toNanos();

  private StoreSize(Path store) {
    this.store = store;
  }

  static void tell(Path store) {
    StoreSize size = new StoreSize(store);
    Gauge.builder("recycler.store.free", size, StoreSize::free)
        .description("Bytes that can be written to the disk of a store")
        .baseUnit("bytes")
        .tag("store", store.toString())
        .strongReference(true)
        .register(Metrics.globalRegistry);
    Gauge.builder("recycler.store.size", size, StoreSize::size)
        .description("Bytes of a store's artifacts and of what its steps work on")
        .baseUnit("bytes")
        .tag("store", store.toString())
        .strongReference(true)
        .register(Metrics.globalRegistry);
  }

  private double free() {
    try {
      return (double) Files.getFileStore(store).getUsableSpace();
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  /** As it was when it was last counted; counting goes on beside whoever asks. */
  private double size() {
    if (System.nanoTime() - counted >= AGE.toNanos() && counting.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("store-size")
          .start(
              () -> {
                try {
                  bytes.set(count());
                } finally {
                  counted = System.nanoTime();
                  counting.set(false);
                }
              });
    }
    return (double) bytes.get();
  }

  private long count() {
    try {
      return Folders.bytes(store);
    } catch (IOException e) {
      return bytes.get();
    }
  }
}
