package dev.recycler.activities.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How far each range of a half-fetched file is, in a file beside it, so that a transfer goes on
 * where it was cut. A journal that is ahead of its file (after a power cut) is found out by the
 * digest of the whole.
 */
final class RangeJournal implements AutoCloseable {
  private static final long MAGIC = 0x72656379636c6531L;
  private static final int HEAD = 3 * Long.BYTES;

  private final FileChannel channel;
  private final long size;
  private final long range;
  private final long[] done;

  private RangeJournal(FileChannel channel, long size, long range, long[] done) {
    this.channel = channel;
    this.size = size;
    this.range = range;
    this.done = done;
  }

  /**
   * Opens the journal of a file of {@code size} bytes; a foreign or torn one is begun anew, and its
   * file with it.
   *
   * @param range bytes of a range where the journal is new
   */
  static RangeJournal open(Path journal, Path content, long size, long range) throws IOException {
    FileChannel channel =
        FileChannel.open(
            journal, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      RangeJournal known = Files.exists(content) ? read(channel, size) : null;
      if (known != null) {
        return known;
      }
      Files.deleteIfExists(content);
      channel.truncate(0);
      RangeJournal fresh = new RangeJournal(channel, size, range, new long[count(size, range)]);
      ByteBuffer all = ByteBuffer.allocate(HEAD + fresh.done.length * Long.BYTES);
      all.putLong(MAGIC).putLong(size).putLong(range).position(0);
      channel.write(all, 0);
      return fresh;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static RangeJournal read(FileChannel channel, long size) throws IOException {
    if (channel.size() < HEAD || channel.size() > 1 << 24) {
      return null;
    }
    ByteBuffer all = ByteBuffer.allocate((int) channel.size());
    while (all.hasRemaining() && channel.read(all, all.position()) >= 0) {
      // until it is whole
    }
    all.flip();
    long magic = all.getLong();
    long of = all.getLong();
    long range = all.getLong();
    if (magic != MAGIC || of != size || range <= 0) {
      return null;
    }
    long[] done = new long[count(size, range)];
    if (all.remaining() != done.length * Long.BYTES) {
      return null;
    }
    for (int i = 0; i < done.length; i++) {
      done[i] = all.getLong();
      if (done[i] < 0 || done[i] > Math.min(range, size - i * range)) {
        return null;
      }
    }
    return new RangeJournal(channel, size, range, done);
  }

  private static int count(long size, long range) {
    return Math.toIntExact((size + range - 1) / range);
  }

  int ranges() {
    return done.length;
  }

  long start(int index) {
    return index * range;
  }

  long length(int index) {
    return Math.min(range, size - start(index));
  }

  long done(int index) {
    return done[index];
  }

  long done() {
    long sum = 0;
    for (long bytes : done) {
      sum += bytes;
    }
    return sum;
  }

  /** Each range has one thread that calls this. */
  void done(int index, long bytes) throws IOException {
    done[index] = bytes;
    ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).putLong(bytes).flip();
    channel.write(entry, HEAD + (long) index * Long.BYTES);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
