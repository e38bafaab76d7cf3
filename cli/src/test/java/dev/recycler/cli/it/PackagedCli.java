package dev.recycler.cli.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the distribution's own launcher. The user's data folder is one below the build's folder; the
 * cache, which holds the Python tools, is the user's real one, so that it is installed once.
 */
final class PackagedCli {
  /** Where everything is kept that the tests make. */
  static final Path WORK = Path.of(System.getProperty("recycler.dist")).resolveSibling("it");

  /** No test waits longer than this for anything: a slow machine must not fail it. */
  static final long PATIENCE_MINUTES = 20;

  /** Said by the JVM of every program with vectors; there is no option against it. */
  private static final String JVM_SAYS = "WARNING: Using incubator modules: jdk.incubator.vector\n";

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Map<String, String> variables = new TreeMap<>();

  PackagedCli() {
    variables.put("XDG_DATA_HOME", WORK.resolve("data").toString());
    variables.put("NO_COLOR", "1");
  }

  /** What a command ended with. */
  record Result(int code, String out, String err) {}

  /** A command that runs. */
  record Running(Process process, Path out, Path err) {
    Result join() throws InterruptedException {
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("did not end: " + read(out) + read(err));
      }
      return new Result(process.exitValue(), read(out), read(err).replace(JVM_SAYS, ""));
    }
  }

  /** The same, with an environment variable set, or taken away by an empty value. */
  PackagedCli with(String name, String value) {
    PackagedCli other = new PackagedCli();
    other.variables.putAll(variables);
    other.variables.put(name, value);
    return other;
  }

  Result run(String... arguments) throws InterruptedException {
    return start(arguments).join();
  }

  Running start(String... arguments) {
    List<String> command = new ArrayList<>();
    if (ignoresInterrupts()) {
      // As from a terminal: a build in the background of a script hands its ignored SIGINT on.
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.addAll(command(arguments));
    return start(command);
  }

  /** The words of a command line. */
  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("recycler.dist"), "recycler").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Whether this process ignores SIGINT, which every child would inherit; known on Linux only. */
  private static boolean ignoresInterrupts() {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && read(status)
            .lines()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  Running start(List<String> command) {
    try {
      Path folder = outputs();
      String name = String.format("%03d", COUNT.incrementAndGet());
      Path out = folder.resolve(name + ".out");
      Path err = folder.resolve(name + ".err");
      Process process =
          builder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new Running(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path outputs() {
    try {
      return Files.createDirectories(WORK.resolve("output"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process in this environment, about to be started. */
  ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(outputs().toFile());
    builder.environment().keySet().removeIf(variable -> variable.startsWith("TEMPORAL_"));
    builder.environment().putAll(variables);
    variables.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(name);
          }
        });
    return builder;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
