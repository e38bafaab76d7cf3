package dev.recycler.activities.drill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Named dangerous places of the program, at which a drill may end or hold a process, and the
 * process's word on which files are on disk, so that a drill of a power cut knows which it may
 * lose. Without the system property {@link #PROPERTY} all of it is one look at a constant.
 *
 * <p>It uses the JDK only: supervisors have these places too.
 *
 * <pre>
 * recycler.drill.host           the host that a process believes to be on: one machine is several
 * recycler.drill.lease          seconds of a lease, so that a take-over costs a run little
 *
 * orders/POINT          "halt", or "pause MILLISECONDS"; whoever reaches the point first takes it
 * journal/points-PID    which points a process reached, and when
 * synced/PID            which files a process has put on disk: inode, size, modification time
 * </pre>
 */
public final class FaultPoint {
  /** Names the folder through which a drill speaks with its processes. */
  public static final String PROPERTY = "recycler.drill";

  /** Names the host that a process believes to be on. */
  public static final String HOST = PROPERTY + ".host";

  /** Names how many seconds a lease lasts. */
  public static final String LEASE = PROPERTY + ".lease";

  private static final int KILLED = 137;
  private static final Path FOLDER = folder();

  private FaultPoint() {}

  private static Path folder() {
    String folder = System.getProperty(PROPERTY);
    return folder == null ? null : Path.of(folder);
  }

  /** What a process of this one's has to be started with to take part. */
  public static List<String> options() {
    List<String> options = new ArrayList<>();
    for (String name : List.of(PROPERTY, HOST, LEASE)) {
      String value = System.getProperty(name);
      if (value != null) {
        options.add("-D" + name + "=" + value);
      }
    }
    return options;
  }

  /** The host that a drill has this process believe to be on; nothing outside of one. */
  public static Optional<String> host() {
    return Optional.ofNullable(System.getProperty(HOST));
  }

  /** How long leases last. */
  public static Duration lease(Duration usual) {
    Long seconds = Long.getLong(LEASE);
    return seconds == null ? usual : Duration.ofSeconds(seconds);
  }

  /**
   * Says that this thread is at a dangerous place.
   *
   * @param point e.g. {@code publish.before-rename}
   * @param what the file or folder it is about
   */
  public static void reached(String point, Path what) {
    if (FOLDER != null) {
      act(point, what);
    }
  }

  /** Says that a file is on disk as it is now. */
  public static void synced(Path file) {
    if (FOLDER != null) {
      note("synced/" + ProcessHandle.current().pid(), identity(file));
    }
  }

  /** What tells whether a file is still the one that was put on disk. */
  public static String identity(Path file) {
    try {
      return Files.getAttribute(file, "unix:ino")
          + " "
          + Files.size(file)
          + " "
          + Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void act(String point, Path what) {
    note(
        "journal/points-" + ProcessHandle.current().pid(),
        Instant.now() + " " + point + " " + what);
    Path order = FOLDER.resolve("orders").resolve(point);
    Path taken = FOLDER.resolve("orders").resolve(".taken-" + point + "-" + System.nanoTime());
    String[] words;
    try {
      Files.move(order, taken, StandardCopyOption.ATOMIC_MOVE);
      words = Files.readString(taken).strip().split(" ", -1);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    note(
        "journal/points-" + ProcessHandle.current().pid(),
        Instant.now() + " obeys " + String.join(" ", words) + " at " + point);
    if (words[0].equals("halt")) {
      Runtime.getRuntime().halt(KILLED);
    }
    pause(Long.parseLong(words[1]));
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void note(String file, String line) {
    try {
      Files.writeString(
          FOLDER.resolve(file),
          line + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
