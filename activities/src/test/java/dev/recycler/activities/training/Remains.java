package dev.recycler.activities.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Processes of this machine that a run has left, found by what they hold and not by name. */
final class Remains {
  private static final Path PROC = Path.of("/proc");

  private Remains() {}

  /** Those that have a file below a folder open, work in it, or have it in their environment. */
  static List<Long> of(Path folder) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> pid != ProcessHandle.current().pid() && !isZombie(pid))
        .filter(pid -> holds(pid, folder) || isMarked(pid, folder))
        .toList();
  }

  static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean holds(long pid, Path folder) {
    try (Stream<Path> open = Files.list(PROC.resolve(pid + "/fd"))) {
      return Stream.concat(open, Stream.of(PROC.resolve(pid + "/cwd")))
          .anyMatch(link -> target(link).startsWith(folder));
    } catch (IOException | UncheckedIOException e) {
      // It has ended meanwhile, or is another user's.
      return false;
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return link;
    }
  }

  private static boolean isMarked(long pid, Path folder) {
    try {
      return Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1)
          .contains("PLACE=" + folder + "\0");
    } catch (IOException e) {
      return false;
    }
  }
}
