package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A folder that appears in one piece: written under another name beside its place, and renamed once
 * all of it is on disk. A lock file beside it keeps a second merge away; what a killed merge left
 * is removed by the next one to the same place.
 */
final class StagedFolder implements AutoCloseable {
  private final Path out;
  private final Path staging;
  private final Path lockFile;
  private final FileChannel lockChannel;
  private boolean published;

  private StagedFolder(Path out, Path staging, Path lockFile, FileChannel lockChannel) {
    this.out = out;
    this.staging = staging;
    this.lockFile = lockFile;
    this.lockChannel = lockChannel;
  }

  /**
   * Claims the place {@code out}.
   *
   * @throws BadCheckpointException where something is there, or another merge is at it
   */
  static StagedFolder claim(Path out) throws IOException {
    Path place = out.toAbsolutePath().normalize();
    requireFree(place);
    Path parent = place.getParent();
    Folders.make(parent);
    String name = place.getFileName().toString();
    Path lockFile = parent.resolve("." + name + ".recycler-lock");
    FileChannel channel = lock(lockFile, place);
    try {
      requireFree(place);
      Path staging = parent.resolve("." + name + ".recycler-staging");
      Folders.delete(staging);
      Files.createDirectory(staging);
      return new StagedFolder(place, staging, lockFile, channel);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(lockFile);
      channel.close();
      throw e;
    }
  }

  /**
   * @throws BadCheckpointException where something is at {@code place} that a rename would not
   *     replace
   */
  static void requireFree(Path place) throws IOException {
    if (place.getParent() == null) {
      throw new BadCheckpointException("%s cannot be an output folder".formatted(place));
    }
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      try (var listing = Files.list(place)) {
        if (listing.findAny().isEmpty()) {
          return;
        }
      }
    }
    throw new BadCheckpointException(
        "%s exists already and is never overwritten; remove it or give another --out"
            .formatted(place));
  }

  /** Locks the file, which another process may be about to remove: then it is made anew. */
  private static FileChannel lock(Path lockFile, Path place) throws IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = null;
      try {
        lock = channel.tryLock();
        if (lock != null && isSame(channel, lockFile)) {
          return channel;
        }
      } catch (OverlappingFileLockException e) {
        // Held by this very process.
      } catch (IOException e) {
        channel.close();
        throw WeightWriter.explain(e, lockFile, "locking the place");
      }
      boolean held = lock == null;
      channel.close();
      if (held) {
        throw new BadCheckpointException(
            "another merge is writing %s; wait for it or give another --out".formatted(place));
      }
    }
  }

  private static boolean isSame(FileChannel locked, Path lockFile) throws IOException {
    // A size that is set through the channel is seen under the name only where both are one file.
    // The file must not be opened a second time: closing it again would give the lock up, since
    // POSIX locks belong to the process and not to the channel.
    int size = 1 + ThreadLocalRandom.current().nextInt(1 << 16);
    locked.truncate(0);
    locked.write(ByteBuffer.allocate(1), size - 1L);
    try {
      return Files.size(lockFile) == size;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Where to write. */
  Path path() {
    return staging;
  }

  /** Makes the folder appear under its name. Everything in it must be on disk already. */
  void publish() throws IOException {
    Folders.force(staging);
    Files.move(staging, out, StandardCopyOption.ATOMIC_MOVE);
    published = true;
    Folders.force(out.getParent());
  }

  @Override
  public void close() throws IOException {
    try {
      if (!published) {
        Folders.delete(staging);
      }
    } finally {
      Files.deleteIfExists(lockFile);
      lockChannel.close();
    }
  }
}
