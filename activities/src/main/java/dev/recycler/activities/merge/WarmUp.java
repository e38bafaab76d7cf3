package dev.recycler.activities.merge;

import java.security.MessageDigest;

/**
 * Has the JVM compile what a large merge spends its time in, on a thread of its own, while the
 * merge is being planned. Interpreted, kernels and digest are a hundred times slower: the first
 * blocks would keep all cores busy for longer than this takes.
 */
final class WarmUp {
  /** Bytes of a model from which on the time is won back. */
  private static final long WORTH_IT = 100_000_000;

  // More than the launcher's options have the compiler wait for, of more than one block each.
  private static final int DIGESTS = 300;
  private static final int DIGESTED_BYTES = 256;

  private final Thread thread;

  private WarmUp(Thread thread) {
    this.thread = thread;
  }

  /** Begins, where the models are large enough. */
  static WarmUp begin(MergeRequest request, Inputs inputs) {
    if (inputs.target().bytes() < WORTH_IT) {
      return new WarmUp(null);
    }
    return new WarmUp(
        Thread.ofPlatform()
            .daemon()
            .name("merge-warm-up")
            .start(
                () -> {
                  digest();
                  Kernels.choose(request.tuning().kernels()).warmUp();
                }));
  }

  private static void digest() {
    MessageDigest sha256 = Digests.sha256();
    byte[] bytes = new byte[DIGESTED_BYTES];
    for (int i = 0; i < DIGESTS; i++) {
      sha256.update(bytes);
    }
  }

  /** Waits for the end of it. */
  void await() throws InterruptedException {
    if (thread != null) {
      thread.join();
    }
  }
}
