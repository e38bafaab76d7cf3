package dev.recycler.activities.store;

import dev.recycler.activities.step.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Who owns a staging folder, so that what a killed process left can be told from what a living one
 * is writing: a file beside the folder with host, process id and the process's start.
 */
final class Owner {
  private static final String ENDING = ".owner";
  private static final int LINES = 3;
  private static final Duration LONGEST_CLAIMING = Duration.ofDays(1);

  private Owner() {}

  private static Path file(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ENDING);
  }

  /** Whether a file tells of an owner, be it in writing still. */
  static boolean isClaim(Path file) {
    return file.getFileName().toString().endsWith(ENDING);
  }

  /** Removes a claim to a folder that is not there, of an owner that is gone. */
  static void dropUseless(Path claim) throws IOException {
    String name = claim.getFileName().toString();
    if (name.startsWith(".")) {
      if (isAbandoned(claim)) {
        Files.deleteIfExists(claim);
      }
      return;
    }
    Path folder = claim.resolveSibling(name.substring(0, name.length() - ENDING.length()));
    if (!Files.exists(folder) && gone(folder)) {
      release(folder);
    }
  }

  static void claim(Path folder) throws IOException {
    ProcessHandle me = ProcessHandle.current();
    Path fresh = folder.resolveSibling("." + folder.getFileName() + ENDING);
    try {
      Files.write(fresh, List.of(ThisHost.name(), Long.toString(me.pid()), started(me)));
      Files.move(fresh, file(folder), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // On a full disk there was room for its name.
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  static void release(Path folder) {
    try {
      Files.deleteIfExists(file(folder));
    } catch (IOException e) {
      // An owner file without a folder is removed by the next sweep.
    }
  }

  /** Whether the owner is known to be gone: it ran on this host and is no more. */
  static boolean gone(Path folder) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file(folder));
    } catch (NoSuchFileException e) {
      // The claim is made before the folder is: a folder without one was left half-removed.
      return true;
    } catch (IOException e) {
      return false;
    }
    // It appeared whole: only a power failure cuts it off, and its owner with it.
    return lines.size() < LINES || isDead(lines);
  }

  /** Whether a claim that was being made will never be. */
  private static boolean isAbandoned(Path file) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.size() < LINES
          ? Files.getLastModifiedTime(file)
              .toInstant()
              .isBefore(Instant.now().minus(LONGEST_CLAIMING))
          : isDead(lines);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Whether it ran on this host, and is no more. */
  private static boolean isDead(List<String> lines) {
    if (!lines.get(0).equals(ThisHost.name())) {
      return false;
    }
    return ProcessHandle.of(Long.parseLong(lines.get(1)))
        .filter(process -> process.isAlive() && started(process).equals(lines.get(2)))
        .isEmpty();
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }
}
