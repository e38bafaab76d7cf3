package dev.recycler.activities.merge;

import java.security.MessageDigest;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM compile what a large merge spends its time in, on a thread of its own, while the
 * merge is being planned, or before. Interpreted, kernels and digest are a hundred times slower:
 * the first blocks would keep all cores busy for longer than this takes.
 */
final class WarmUp {
  /** Bytes of a model from which on the time is won back. */
  private static final long WORTH_IT = 100_000_000;

  // More than the launcher's options have the compiler wait for, of more than one block each.
  private static final int DIGESTS = 300;
  private static final int DIGESTED_BYTES = 256;

  private static Thread thread;

  private WarmUp() {}

  /** Begins, unless that was done in this JVM. */
  static synchronized void begin() {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("merge-warm-up").start(WarmUp::run);
    }
  }

  /** Begins, where a merge wants it. */
  static void beginFor(MergeRequest request, Inputs inputs) {
    if (isWanted(request, inputs)) {
      begin();
    }
  }

  /** Waits for the end of it, where a merge wants it. */
  static void await(MergeRequest request, Inputs inputs) throws InterruptedException {
    if (isWanted(request, inputs)) {
      begun().join();
    }
  }

  private static synchronized Thread begun() {
    begin();
    return thread;
  }

  private static boolean isWanted(MergeRequest request, Inputs inputs) {
    return request.tuning().kernels() != KernelChoice.SCALAR && inputs.target().bytes() >= WORTH_IT;
  }

  private static void run() {
    try {
      // What takes longest first.
      Kernels.choose(KernelChoice.AUTO).warmUp();
      digest();
    } catch (RuntimeException | Error e) {
      LoggerFactory.getLogger(WarmUp.class).info("merging without a warm-up", e);
    }
  }

  private static void digest() {
    MessageDigest sha256 = Digests.sha256();
    byte[] bytes = new byte[DIGESTED_BYTES];
    for (int i = 0; i < DIGESTS; i++) {
      sha256.update(bytes);
    }
  }
}
