package dev.recycler.activities.merge;

import java.io.IOException;

/** Does one thing after another, also after one that failed; the first failure is the one told. */
final class Failures {
  private IOException first;

  /** What may fail. */
  interface Work {
    void run() throws IOException;
  }

  void run(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      if (first == null) {
        first = e;
      } else {
        first.addSuppressed(e);
      }
    }
  }

  /** Throws the first failure, where there was one. */
  void rethrow() throws IOException {
    if (first != null) {
      throw first;
    }
  }
}
