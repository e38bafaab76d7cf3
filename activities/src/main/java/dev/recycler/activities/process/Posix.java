package dev.recycler.activities.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The calls of the C library that Java has none for: sessions, signals to groups, exact exit
 * statuses. The numbers are those of Linux (glibc and musl) and macOS.
 */
final class Posix {
  static final int SIGTERM = 15;
  static final int SIGKILL = 9;

  private static final boolean MAC =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");

  private static final int WNOHANG = 1;
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = MAC ? 0x200 : 0x40;
  private static final int O_APPEND = MAC ? 0x8 : 0x400;
  private static final int OWNER_WRITES_ALL_READ = 0644;

  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = (short) (MAC ? 0x0400 : 0x80);
  private static final short CLOSE_OTHERS = (short) (MAC ? 0x4000 : 0);

  /** More than any of these systems needs for the opaque structures of {@code posix_spawn}. */
  private static final long OPAQUE = 1024;

  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle SETSID_CALL = call("setsid", JAVA_INT);
  private static final MethodHandle GETSID = call("getsid", JAVA_INT, JAVA_INT);
  private static final MethodHandle KILL = call("kill", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle WAITPID =
      call("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle STRERROR = call("strerror", ADDRESS, JAVA_INT);

  private Posix() {}

  private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  /** Makes this process the leader of a session of its own, unless it leads one already. */
  static void newSession() {
    integer(SETSID_CALL);
  }

  /** The session of a process, or -1 where there is no such process. */
  static int session(long pid) {
    return integer(GETSID, Math.toIntExact(pid));
  }

  /** Signals a process, or with a negative number its group; false where there is none. */
  static boolean signal(long pid, int signal) {
    return integer(KILL, Math.toIntExact(pid), signal) == 0;
  }

  /**
   * How a child of this process ended.
   *
   * @param code exit code, or -1 where a signal ended it
   * @param signal the signal, or 0
   */
  record Status(int code, int signal) {}

  /** The status of an ended child, once; null while it runs. */
  static Status reap(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(JAVA_INT);
      int ended = integer(WAITPID, Math.toIntExact(pid), status, WNOHANG);
      if (ended != pid) {
        return null;
      }
      int raw = status.get(JAVA_INT, 0);
      int signal = raw & 0x7f;
      return signal == 0 ? new Status(raw >> 8 & 0xff, 0) : new Status(-1, signal);
    }
  }

  /**
   * Starts a program in a session and process group of its own, with no signal blocked or ignored,
   * nothing to read, its output appended to a file, and no other file of this process.
   *
   * @return its process id, which is also its session and its group
   * @throws IOException where the system refuses; the message is the system's
   */
  static long spawn(
      Path program, List<String> arguments, List<String> environment, Path directory, Path log)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(OPAQUE, 16);
      MemorySegment attributes = arena.allocate(OPAQUE, 16);
      require("posix_spawn_file_actions_init", actions);
      require("posix_spawnattr_init", attributes);
      try {
        String log0 = log.toString();
        addOpen(arena, actions, 0, "/dev/null", 0);
        addOpen(arena, actions, 1, log0, O_WRONLY | O_CREAT | O_APPEND);
        require("posix_spawn_file_actions_adddup2", actions, 1, 2);
        require(
            "posix_spawn_file_actions_addchdir_np",
            actions,
            arena.allocateFrom(directory.toString()));
        for (int descriptor : otherDescriptors()) {
          require("posix_spawn_file_actions_addclose", actions, descriptor);
        }
        MemorySegment signals = arena.allocate(OPAQUE, 16);
        require("sigemptyset", signals);
        require("posix_spawnattr_setsigmask", attributes, signals);
        require("sigfillset", signals);
        require("posix_spawnattr_setsigdefault", attributes, signals);
        require(
            "posix_spawnattr_setflags",
            attributes,
            (short) (SETSID | SETSIGMASK | SETSIGDEF | CLOSE_OTHERS));
        MemorySegment pid = arena.allocate(JAVA_INT);
        require(
            "posix_spawn",
            pid,
            arena.allocateFrom(program.toString()),
            actions,
            attributes,
            strings(arena, arguments),
            strings(arena, environment));
        return pid.get(JAVA_INT, 0);
      } finally {
        require("posix_spawn_file_actions_destroy", actions);
        require("posix_spawnattr_destroy", attributes);
      }
    }
  }

  private static void addOpen(Arena arena, MemorySegment actions, int as, String path, int flags)
      throws IOException {
    require(
        "posix_spawn_file_actions_addopen",
        actions,
        as,
        arena.allocateFrom(path),
        flags,
        OWNER_WRITES_ALL_READ);
  }

  /** What a child would inherit; macOS leaves it out by {@link #CLOSE_OTHERS}. */
  private static List<Integer> otherDescriptors() throws IOException {
    if (MAC) {
      return List.of();
    }
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.map(file -> Integer.valueOf(file.getFileName().toString()))
          .filter(descriptor -> descriptor > 2)
          .toList();
    }
  }

  private static MemorySegment strings(Arena arena, List<String> values) {
    MemorySegment array = arena.allocate(ADDRESS, values.size() + 1L);
    for (int i = 0; i < values.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(values.get(i)));
    }
    return array;
  }

  /** Calls a function that returns 0 or an error number. */
  private static void require(String name, Object... arguments) throws IOException {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      layouts[i] =
          switch (arguments[i]) {
            case Integer _ -> JAVA_INT;
            case Short _ -> JAVA_SHORT;
            default -> ADDRESS;
          };
    }
    int error = integer(call(name, JAVA_INT, layouts), arguments);
    if (error != 0) {
      throw new IOException(message(error));
    }
  }

  private static String message(int error) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeWithArguments(error);
      return text.reinterpret(OPAQUE).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException("strerror cannot be called", e);
    }
  }

  private static int integer(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException("the C library cannot be called: " + function, e);
    }
  }
}
