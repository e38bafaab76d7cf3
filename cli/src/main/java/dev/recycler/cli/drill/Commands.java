package dev.recycler.cli.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Types commands as a user would: each is a process of its own. */
final class Commands {
  private static final long PATIENCE_SECONDS = 120;
  private static final String MAIN = "dev.recycler.cli.Main";

  private final Map<String, String> environment;
  private final RunFolder folder;
  private final String address;
  private final TimeLine timeLine;
  private int count;

  /**
   * @param environment variables beside those of the drill's own
   */
  Commands(RunFolder folder, String address, Map<String, String> environment, TimeLine timeLine) {
    this.environment = Map.copyOf(environment);
    this.folder = folder;
    this.address = address;
    this.timeLine = timeLine;
  }

  /** What a command ended with; {@code said} is all that it printed. */
  record Result(int code, String said) {}

  /** Runs a command that asks the server. */
  Result ask(String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--address", address));
    return run(all);
  }

  /** Runs a command. */
  Result run(List<String> words) throws IOException, InterruptedException {
    return run(words, List.of());
  }

  /**
   * Runs a command.
   *
   * @param options of its JVM
   */
  Result run(List<String> words, List<String> options) throws IOException, InterruptedException {
    Path output;
    synchronized (this) {
      output = folder.path().resolve("command-" + ++count + ".out");
    }
    List<String> command = Jvm.whole("256m");
    command.addAll(options);
    command.add(MAIN);
    command.addAll(words);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("XDG_DATA_HOME", folder.path().resolve("data-home").toString());
    timeLine.add("types: recycler " + String.join(" ", words));
    Process process = builder.start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return new Result(-1, "it did not end within " + PATIENCE_SECONDS + " s");
    }
    Result result = new Result(process.exitValue(), Files.readString(output).strip());
    timeLine.add("%d: %s".formatted(result.code(), result.said().replace('\n', '|')));
    return result;
  }
}
