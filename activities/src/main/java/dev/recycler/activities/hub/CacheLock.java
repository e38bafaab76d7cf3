package dev.recycler.activities.hub;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The lock that huggingface_hub takes on a file of its cache: {@code flock(2)}, which Java's own
 * file locks ({@code fcntl}) do not see. It ends with the process.
 */
final class CacheLock implements AutoCloseable {
  private static final boolean MAC =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");

  private static final int O_RDWR = 2;
  private static final int O_CREAT = MAC ? 0x200 : 0x40;
  private static final int O_CLOEXEC = MAC ? 0x1000000 : 0x80000;
  private static final int MODE = 0664;
  private static final int EXCLUSIVE_NOW = 2 | 4;
  private static final int EWOULDBLOCK = MAC ? 35 : 11;
  private static final int EINTR = 4;
  private static final int EACCES = 13;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle FLOCK =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("flock"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle CLOSE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final int descriptor;

  private CacheLock(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Takes the lock, making its file where needed; nothing where somebody else holds it. */
  static Optional<CacheLock> tryTake(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int descriptor =
          call(
              OPEN, state, arena.allocateFrom(file.toString()), O_RDWR | O_CREAT | O_CLOEXEC, MODE);
      if (descriptor < 0) {
        throw new IOException("%s cannot be opened (error %d)".formatted(file, errno(state)));
      }
      CacheLock lock = new CacheLock(descriptor);
      try {
        int result;
        do {
          result = call(FLOCK, state, descriptor, EXCLUSIVE_NOW);
        } while (result != 0 && errno(state) == EINTR);
        if (result == 0 && lock.guards(file)) {
          return Optional.of(lock);
        }
        if (result != 0 && errno(state) != EWOULDBLOCK && errno(state) != EACCES) {
          throw new IOException(
              "%s cannot be locked (error %d); the cache must lie on a file system with locks"
                  .formatted(file, errno(state)));
        }
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
      lock.close();
      return Optional.empty();
    }
  }

  /** A file that was removed since it was opened guards nothing. */
  private boolean guards(Path file) throws IOException {
    try {
      Object here = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      Object held =
          Files.readAttributes(Path.of("/dev/fd/" + descriptor), BasicFileAttributes.class)
              .fileKey();
      return Objects.equals(here, held);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static int call(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException("the C library cannot be called: " + function, e);
    }
  }

  @Override
  public void close() {
    call(CLOSE, descriptor);
  }
}
