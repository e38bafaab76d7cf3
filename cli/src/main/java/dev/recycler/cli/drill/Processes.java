package dev.recycler.cli.drill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The processes of a drill, found by the folder that they work for and never by a name alone. */
final class Processes {
  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  /** What follows one of these words in a process's arguments, the first time. */
  static Optional<String> argument(ProcessHandle process, Set<String> before) {
    ProcessHandle.Info info = process.info();
    List<String> words =
        List.of(info.arguments().orElseGet(() -> info.commandLine().orElse("").split(" ", -1)));
    for (int i = 0; i + 1 < words.size(); i++) {
      if (before.contains(words.get(i))) {
        return Optional.of(words.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** Sends a signal by its name; false where there is no such process any more. */
  static boolean signal(String signal, long pid) throws IOException, InterruptedException {
    return new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid + " 2>/dev/null")
            .start()
            .waitFor()
        == 0;
  }

  /**
   * Those that a folder's run has left: by command line, working folder, open files or environment.
   */
  static List<ProcessHandle> left(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(process -> !isZombie(process.pid()) && belongs(process, folder))
        .toList();
  }

  private static boolean belongs(ProcessHandle process, Path folder) {
    return process.info().commandLine().orElse("").contains(folder + "/")
        || environment(process.pid()).contains(folder + "/")
        || holds(process.pid(), folder);
  }

  static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException | IndexOutOfBoundsException e) {
      return false;
    }
  }

  private static String environment(long pid) {
    try {
      return Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static boolean holds(long pid, Path folder) {
    try (Stream<Path> open = Files.list(PROC.resolve(pid + "/fd"))) {
      return Stream.concat(open, Stream.of(PROC.resolve(pid + "/cwd")))
          .anyMatch(link -> target(link).startsWith(folder + "/"));
    } catch (IOException | UncheckedIOException e) {
      // It has ended meanwhile, or is another user's.
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
