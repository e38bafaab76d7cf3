package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.ModelFolder;

/** What marks a folder that {@code diff extract} made. */
final class DiffFolder {
  /** The key under {@code __metadata__} of its weight files. */
  static final String KEY = "recycler";

  /** The value of that key. */
  static final String VALUE = "diff";

  private DiffFolder() {}

  static boolean isOne(ModelFolder folder) {
    return VALUE.equals(folder.metadata().get(KEY));
  }
}
