package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.CheckpointIoException;
import dev.recycler.activities.safetensors.NoSpaceException;
import dev.recycler.activities.safetensors.ShardLayout;
import dev.recycler.activities.safetensors.ShardLayout.WeightFile;
import dev.recycler.activities.safetensors.TensorInfo;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * One weight file that is being written. Blocks may be written from several threads in any order;
 * {@link #digest} must see them in the order of the file, one thread at a time.
 *
 * <p>Blocks of whole pages in a large file go to the disk past the page cache, where the file
 * system can do that: making and copying pages costs more than half of what a merge does otherwise,
 * and the last sync then finds nothing left.
 */
final class WeightWriter implements AutoCloseable {
  /** With less room than a block, a file system is full. */
  private static final long NEARLY_NOTHING = 1L << 20;

  /** Bytes that stay in the first cache from the copy to the digest; fewer cost more calls. */
  private static final int DIGEST_RUN = 1 << 13;

  /** Smaller files are better off in the page cache, where their reader finds them. */
  private static final long DIRECT_FROM = Long.getLong("recycler.merge.direct", 64L << 20);

  private final WeightFile file;
  private final Path path;
  private final FileChannel channel;
  private final Optional<FileChannel> direct;
  private final MessageDigest sha256 = Digests.sha256();
  private final byte[] run = new byte[DIGEST_RUN];

  /** Makes the file, which must not exist, and writes its header. */
  WeightWriter(WeightFile file, Path folder) throws IOException {
    this.file = file;
    this.path = folder.resolve(file.name());
    this.channel = create(path);
    byte[] header = file.header();
    try {
      writeFully(channel, ByteBuffer.wrap(header), 0);
    } catch (IOException e) {
      channel.close();
      throw explain(e, "its header", header.length, 0);
    }
    sha256.update(header);
    this.direct = file.bytes() < DIRECT_FROM ? Optional.empty() : openDirect(path);
  }

  private static FileChannel create(Path path) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw explain(e, path, "making the file");
    }
  }

  /** The same file past the page cache, where JDK and file system offer that. */
  private static Optional<FileChannel> openDirect(Path path) {
    try {
      // Looked up by name, since javac warns of this supported option as of an internal one.
      for (Object option :
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
        if (option.toString().equals("DIRECT")) {
          return Optional.of(FileChannel.open(path, StandardOpenOption.WRITE, (OpenOption) option));
        }
      }
      return Optional.empty();
    } catch (ClassNotFoundException | IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  WeightFile file() {
    return file;
  }

  /** Writes bytes of a tensor, {@code offset} bytes from its start. */
  void write(TensorInfo tensor, long offset, MemorySegment bytes) throws IOException {
    long at = tensor.offset() + offset;
    boolean wholePages =
        at % ShardLayout.PAGE == 0
            && bytes.byteSize() % ShardLayout.PAGE == 0
            && bytes.address() % ShardLayout.PAGE == 0;
    try {
      if (!wholePages || direct.isEmpty() || !writeDirect(bytes.asByteBuffer(), at)) {
        writeFully(channel, bytes.asByteBuffer(), at);
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw explain(e, "tensor \"" + tensor.name() + "\"", bytes.byteSize(), at);
    }
  }

  /** Whether it could be done: a file system may want larger units than pages. */
  private boolean writeDirect(ByteBuffer bytes, long at) throws ClosedChannelException {
    try {
      writeFully(direct.orElseThrow(), bytes, at);
      return true;
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
  }

  private static void writeFully(FileChannel to, ByteBuffer bytes, long at) throws IOException {
    while (bytes.hasRemaining()) {
      at += to.write(bytes, at);
    }
  }

  private IOException explain(IOException cause, String what, long bytes, long at) {
    return explain(cause, path, "writing %d bytes of %s at byte %d".formatted(bytes, what, at));
  }

  /** The typed form of a failure to write. */
  static IOException explain(IOException cause, Path path, String what) {
    String reason = String.valueOf(cause.getMessage());
    if (reason.contains("No space left") || reason.contains("quota exceeded") || isFull(path)) {
      return new NoSpaceException(
          "%s: no space left on the device while %s".formatted(path, what), cause);
    }
    return new CheckpointIoException("%s: %s failed: %s".formatted(path, what, reason), cause);
  }

  /** Whether the file system is full: the system's own words for it depend on the language. */
  private static boolean isFull(Path path) {
    File folder = path.toAbsolutePath().getParent().toFile();
    return folder.getTotalSpace() > 0 && folder.getUsableSpace() < NEARLY_NOTHING;
  }

  /** Takes the next bytes of the file into its digest. */
  void digest(MemorySegment bytes) {
    for (long at = 0; at < bytes.byteSize(); at += DIGEST_RUN) {
      int n = (int) Math.min(DIGEST_RUN, bytes.byteSize() - at);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, run, 0, n);
      sha256.update(run, 0, n);
    }
  }

  /** Asks the disk to take what has been written so far. */
  void flush() throws IOException {
    try {
      channel.force(false);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw explain(e, path, "flushing %d bytes to disk".formatted(file.bytes()));
    }
  }

  /** What was written; the digest is complete and must not be asked for twice. */
  MergeReport.OutputFile finish() {
    return new MergeReport.OutputFile(file.name(), file.bytes(), Digests.hex(sha256.digest()));
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      if (direct.isPresent()) {
        direct.get().close();
      }
    }
  }
}
