package dev.recycler.activities.hub;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of a transfer, counted by many threads. */
final class Meter {
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong moved = new AtomicLong();
  private final long began = System.nanoTime();
  private volatile long total;
  private volatile String doing = "asking the hub";

  void expect(long bytes) {
    total = bytes;
  }

  void doing(String what) {
    doing = what;
  }

  /** Bytes that were there already. */
  void found(long bytes) {
    done.addAndGet(bytes);
  }

  /** Bytes that came over the wire. */
  void moved(long bytes) {
    done.addAndGet(bytes);
    moved.addAndGet(bytes);
  }

  void tell(HubProgress progress) {
    double seconds = (System.nanoTime() - began) / 1e9;
    long bytes = moved.get();
    progress.at(
        doing, done.get(), total, bytes == 0 || seconds <= 0 ? Double.NaN : bytes / seconds);
  }
}
