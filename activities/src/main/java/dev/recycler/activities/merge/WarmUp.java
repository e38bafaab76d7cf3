package dev.recycler.activities.merge;

import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicReference;

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

  private static final AtomicReference<Thread> THREAD = new AtomicReference<>();

  private WarmUp() {}

  /** Begins, unless that was done in this JVM. */
  static void begin() {
    Thread thread = Thread.ofPlatform().daemon().name("merge-warm-up").unstarted(WarmUp::run);
    if (THREAD.compareAndSet(null, thread)) {
      thread.start();
    }
  }

  /** Begins, where a merge of these inputs is large enough to want it. */
  static void beginFor(Inputs inputs) {
    if (isWorthIt(inputs)) {
      begin();
    }
  }

  /** Waits for the end of it, where a merge of these inputs is large enough to want it. */
  static void await(Inputs inputs) throws InterruptedException {
    Thread thread = THREAD.get();
    if (thread != null && isWorthIt(inputs)) {
      thread.join();
    }
  }

  private static boolean isWorthIt(Inputs inputs) {
    return inputs.target().bytes() >= WORTH_IT;
  }

  private static void run() {
    // What takes longest first.
    Kernels.choose(KernelChoice.AUTO).warmUp();
    digest();
  }

  private static void digest() {
    MessageDigest sha256 = Digests.sha256();
    byte[] bytes = new byte[DIGESTED_BYTES];
    for (int i = 0; i < DIGESTS; i++) {
      sha256.update(bytes);
    }
  }
}
