package dev.recycler.activities.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Paths lie in certain folders, also when every link on the way is followed. */
final class PathRule {
  private final Optional<List<Path>> folders;

  PathRule(Optional<List<Path>> folders) {
    this.folders = folders;
  }

  void requireIfGiven(String key, String path) throws IOException {
    if (path != null) {
      require(key, path);
    }
  }

  void require(String key, String written) throws IOException {
    Path path;
    try {
      path = Path.of(written);
    } catch (InvalidPathException e) {
      throw StepPolicy.refused("%s: \"%s\" is not a path".formatted(key, written));
    }
    if (!path.isAbsolute() || !path.normalize().equals(path)) {
      throw StepPolicy.refused(
          "%s: %s must be an absolute path without \"..\"".formatted(key, written));
    }
    if (folders.isEmpty()) {
      return;
    }
    Path real = real(path);
    for (Path folder : folders.get()) {
      if (Files.exists(folder) && real.startsWith(folder.toRealPath())) {
        return;
      }
    }
    throw StepPolicy.refused(
        ("%s: %s %s the folders that this worker may use (%s); put it there, or have the worker's"
                + " owner add its folder to allow.folders")
            .formatted(
                key,
                written,
                real.equals(path) ? "lies outside of" : "leads to " + real + ", outside of",
                StepPolicy.list(folders.get())));
  }

  /** What the path leads to; of one that is not there yet, what its folders lead to. */
  private static Path real(Path path) throws IOException {
    Path there = path;
    while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.exists(there)) {
      // A link to what is not there: whoever makes it decides where this leads.
      return Files.readSymbolicLink(there).toAbsolutePath().normalize();
    }
    return there.toRealPath().resolve(there.relativize(path)).normalize();
  }
}
