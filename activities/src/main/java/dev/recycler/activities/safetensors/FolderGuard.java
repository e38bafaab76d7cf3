package dev.recycler.activities.safetensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens the files of one model folder, and nothing else: no links that lead out of it, no devices,
 * no pipes. Links of the hub's cache ({@code snapshots/REVISION/file} to {@code blobs/DIGEST}) are
 * followed.
 */
final class FolderGuard {
  private final Path folder;
  private final Path real;

  /**
   * @throws BadCheckpointException where {@code folder} is no folder that can be read
   */
  FolderGuard(Path folder) throws IOException {
    this.folder = folder;
    if (!Files.exists(folder)) {
      throw new BadCheckpointException(
          "%s does not exist; a model folder with .safetensors files is needed".formatted(folder));
    }
    if (!Files.isDirectory(folder)) {
      throw new BadCheckpointException(
          "%s is not a folder; give the model folder that holds the .safetensors files"
              .formatted(folder));
    }
    this.real = folder.toRealPath();
  }

  Path folder() {
    return folder;
  }

  Path real() {
    return real;
  }

  boolean has(String name) {
    return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * The file {@code name} of the folder, with links resolved and checked.
   *
   * @throws BadCheckpointException where it is missing, leads out of the folder or is not a file
   */
  Path resolve(String name) throws IOException {
    Path file = folder.resolve(name);
    Path target;
    try {
      target = file.toRealPath();
    } catch (NoSuchFileException e) {
      throw new BadCheckpointException(
          Files.isSymbolicLink(file)
              ? "%s is a symbolic link to a file that does not exist".formatted(file)
              : "%s does not exist".formatted(file),
          e);
    }
    if (!target.startsWith(real) && !isHubBlob(target)) {
      throw new BadCheckpointException(
          "%s is a symbolic link out of its folder, to %s; copy the file into the folder"
              .formatted(file, target));
    }
    if (!Files.readAttributes(target, BasicFileAttributes.class).isRegularFile()) {
      throw new BadCheckpointException(
          "%s is not a regular file (a folder, pipe or device)".formatted(file));
    }
    return target;
  }

  /**
   * The bytes of a small file.
   *
   * @throws BadCheckpointException where it is longer than {@code limit} bytes
   */
  byte[] read(String name, int limit) throws IOException {
    Path file = resolve(name);
    long size = Files.size(file);
    if (size > limit) {
      throw new BadCheckpointException(
          "%s has %d bytes, more than the %d that such a file may have"
              .formatted(folder.resolve(name), size, limit));
    }
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(limit);
    }
  }

  private boolean isHubBlob(Path target) {
    Path snapshots = real.getParent();
    return snapshots != null
        && snapshots.endsWith("snapshots")
        && target.getParent().equals(snapshots.resolveSibling("blobs"));
  }
}
