package dev.recycler.activities.safetensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** One opened safetensors file: what its header says, and its bytes. Owned by a model folder. */
final class SafetensorsFile implements Closeable {
  /** Longest header that is read, as in the format's reference implementation. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  private final Path path;
  private final FileChannel channel;
  private final Header header;
  private final WeightFileIdentity identity;

  private SafetensorsFile(
      Path path, FileChannel channel, Header header, WeightFileIdentity identity) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.identity = identity;
  }

  /**
   * Opens {@code name} in the guarded folder.
   *
   * @throws BadCheckpointException where it is not a whole safetensors file
   */
  static SafetensorsFile open(FolderGuard guard, String name) throws IOException {
    Path path = guard.folder().resolve(name);
    Path real = guard.resolve(name);
    // Resolved already: a link that has taken its place since is not followed.
    FileChannel channel =
        FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try {
      byte[] start = readStart(path, channel);
      long size = channel.size();
      byte[] json = Arrays.copyOfRange(start, Long.BYTES, start.length);
      Header header =
          new HeaderParser(path.toString(), start.length, size - start.length).parse(json);
      return new SafetensorsFile(
          path, channel, header, WeightFileIdentity.of(name, real, size, start));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The file's first bytes, up to where data starts: eight of length, then the header. */
  private static byte[] readStart(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw new BadCheckpointException(
          "%s: has %d bytes, too few for a safetensors file, which starts with 8 bytes of header length"
              .formatted(path, size));
    }
    var length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length, 0);
    long headerBytes = length.getLong(0);
    if (headerBytes < 0) {
      throw new BadCheckpointException(
          "%s: its header length is negative (%d); it is not a safetensors file"
              .formatted(path, headerBytes));
    }
    if (headerBytes > size - 8) {
      throw new BadCheckpointException(
          "%s: its header length is %d bytes, but only %d follow; it is truncated or not a safetensors file"
              .formatted(path, headerBytes, size - 8));
    }
    if (headerBytes > MAX_HEADER_BYTES) {
      throw new BadCheckpointException(
          "%s: its header length is %d bytes, more than the %d that a header may have"
              .formatted(path, headerBytes, MAX_HEADER_BYTES));
    }
    var start = ByteBuffer.allocate((int) (8 + headerBytes));
    readFully(channel, start, 0);
    return start.array();
  }

  Path path() {
    return path;
  }

  Header header() {
    return header;
  }

  WeightFileIdentity identity() {
    return identity;
  }

  /** Fills {@code to} from its position to its limit with the file's bytes at {@code offset}. */
  void read(TensorInfo tensor, long offset, ByteBuffer to) throws IOException {
    int wanted = to.remaining();
    long at = tensor.offset() + offset;
    try {
      readFully(channel, to, at);
    } catch (CheckpointIoException e) {
      throw new CheckpointIoException(
          "%s: tensor \"%s\": %s"
              .formatted(path, HeaderParser.brief(tensor.name()), e.getMessage()),
          e);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw new CheckpointIoException(
          "%s: tensor \"%s\": reading %d bytes at byte %d failed: %s"
              .formatted(path, HeaderParser.brief(tensor.name()), wanted, at, e.getMessage()),
          e);
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer to, long at) throws IOException {
    int wanted = to.remaining();
    long from = at;
    while (to.hasRemaining()) {
      int read = channel.read(to, at);
      if (read < 0) {
        throw new CheckpointIoException(
            "the file ended after %d of %d bytes at byte %d; it was truncated while it was read"
                .formatted(wanted - to.remaining(), wanted, from));
      }
      at += read;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
