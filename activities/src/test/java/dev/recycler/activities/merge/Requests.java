package dev.recycler.activities.merge;

import java.nio.file.Path;

/** Requests of tests. */
final class Requests {
  /** A place that is not there. */
  static final Path NOWHERE = Path.of("nowhere");

  private Requests() {}

  /** The merge of the folders base, finetuned and target below one folder. */
  static MergeRequest in(Path models, Path out) {
    return MergeRequest.of(
        models.resolve("base"), models.resolve("finetuned"), models.resolve("target"), out);
  }
}
