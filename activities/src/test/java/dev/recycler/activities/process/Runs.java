package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Small real tools under supervision, for tests. */
final class Runs {
  static final Map<String, String> ENVIRONMENT = Map.of("PATH", System.getenv("PATH"));
  static final Duration LEASE = Duration.ofSeconds(20);

  private Runs() {}

  /** A shell program; its own arguments follow. */
  static ToolCommand shell(Path directory, String program, String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of("/bin/sh", "-c", program, "tool"));
    command.addAll(List.of(arguments));
    return new ToolCommand(command, directory, ENVIRONMENT);
  }

  static Attempt start(Path run, String program, String... arguments)
      throws IOException, InterruptedException {
    return new Supervision(LEASE)
        .startOrAttach(run, (output, _) -> shell(output, program, arguments), () -> {});
  }

  static ToolExit ended(Attempt attempt) throws IOException, InterruptedException {
    until(() -> state(attempt) != Attempt.State.RUNNING);
    assertThat(attempt.state())
        .as(() -> "supervisor says: " + read(attempt.output().resolveSibling("supervisor.log")))
        .isEqualTo(Attempt.State.ENDED);
    return attempt.exit().orElseThrow();
  }

  static Attempt.State state(Attempt attempt) {
    try {
      return attempt.state();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for a file that a tool writes, and gives its text. */
  static String appears(Path file) throws InterruptedException {
    until(() -> Files.exists(file) && !read(file).isBlank());
    return read(file).strip();
  }

  static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for what must happen sooner or later; the limit only ends a broken test. */
  static void until(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 2400; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.sleep(25);
    }
    throw new AssertionError("what was waited for did not happen");
  }

  static boolean isAlive(long pid) {
    return ProcessIdentity.of(pid).isPresent();
  }

  static long supervisor(Attempt attempt) throws IOException {
    return AttemptFolder.of(attempt.output().getParent())
        .identity("supervisor")
        .orElseThrow()
        .pid();
  }

  static long tool(Attempt attempt) throws InterruptedException {
    Path file = attempt.output().resolveSibling("tool");
    appears(file);
    try {
      return AttemptFolder.of(file.getParent()).identity("tool").orElseThrow().pid();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ids of the processes of this machine that hold a file below a folder open. */
  static List<Long> holders(Path folder) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(pid -> holds(pid, folder))
        .toList();
  }

  private static boolean holds(long pid, Path folder) {
    try (var descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return descriptors.anyMatch(
          descriptor -> {
            try {
              return Files.readSymbolicLink(descriptor).startsWith(folder);
            } catch (IOException e) {
              return false;
            }
          });
    } catch (IOException | java.io.UncheckedIOException e) {
      return false;
    }
  }
}
