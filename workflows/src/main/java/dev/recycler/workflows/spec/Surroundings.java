package dev.recycler.workflows.spec;

import java.nio.file.Path;
import java.util.List;

/** What the reading of a series file has to know of the machine it is read on. */
public interface Surroundings {
  /** What lies at a path. */
  enum Kind {
    FOLDER,
    FILE,
    /** Nothing, or nothing that may be looked at. */
    NOTHING
  }

  /** Absolute path of the folder that the file's relative paths start from. */
  Path folder();

  /** Absolute path of the user's home, for {@code ~}. */
  Path home();

  /** Value of an environment variable, for <code>${NAME}</code>, or null. */
  String variable(String name);

  /** What lies at an absolute path; symbolic links are followed. */
  Kind kind(Path path);

  /** The names in a folder, or an empty list where it can't be read. */
  List<String> names(Path folder);

  /** Whether files can be made in an existing folder. */
  boolean writable(Path folder);
}
