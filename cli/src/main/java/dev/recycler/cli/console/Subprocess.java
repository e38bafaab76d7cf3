package dev.recycler.cli.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a program to its end, stdout and stderr as one, and ends it where this thread is
 * interrupted.
 */
public final class Subprocess {
  private final ProcessBuilder builder;
  private Path log;
  private Consumer<String> onLine = line -> {};

  public Subprocess(List<String> command) {
    builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
  }

  /** Variables added to this process's own. */
  public Subprocess environment(Map<String, String> variables) {
    builder.environment().putAll(variables);
    return this;
  }

  /** A file that all output is appended to. */
  public Subprocess log(Path file) {
    log = file;
    return this;
  }

  /**
   * Called for each line of output, and several times a second with an empty one, on the thread
   * that calls {@link #run()}.
   */
  public Subprocess onLine(Consumer<String> consumer) {
    onLine = consumer;
    return this;
  }

  /**
   * Runs the program.
   *
   * @return its exit status
   * @throws IOException where it can't be started
   * @throws InterruptedException where this thread is interrupted; the program is ended first
   */
  public int run() throws IOException, InterruptedException {
    Process process = builder.start();
    // A read from a pipe is not interruptible: the reader runs apart, this thread waits.
    Lines lines = new Lines(process, log);
    Thread reader = Thread.ofVirtual().name("output of " + process.pid()).start(lines);
    try {
      while (lines.passOn(onLine)) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      reader.join();
      lines.rethrow();
      return process.waitFor();
    } finally {
      end(process);
    }
  }

  private static void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    List<ProcessHandle> family = process.descendants().toList();
    process.destroy();
    family.forEach(ProcessHandle::destroy);
    boolean interrupted = Thread.interrupted();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      process.destroyForcibly();
    }
    family.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the program prints, handed from the thread that reads to the one that waits. */
  private static final class Lines implements Runnable {
    private static final String END = new String("end");

    private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final Process process;
    private final Path log;
    private volatile IOException problem;

    Lines(Process process, Path log) {
      this.process = process;
      this.log = log;
    }

    @Override
    public void run() {
      try (BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
          Writer out =
              log == null
                  ? Writer.nullWriter()
                  : Files.newBufferedWriter(
                      log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          out.write(line);
          out.write('\n');
          out.flush();
          queue.add(line);
        }
      } catch (IOException e) {
        problem = e;
      } catch (UncheckedIOException e) {
        problem = e.getCause();
      } finally {
        queue.add(END);
      }
    }

    /** Passes lines on for a moment; false at the end. */
    @SuppressWarnings("ReferenceEquality") // the end is an object, not a text
    boolean passOn(Consumer<String> consumer) throws InterruptedException {
      String line = queue.poll(200, TimeUnit.MILLISECONDS);
      if (line == END) {
        return false;
      }
      consumer.accept(line == null ? "" : line);
      return true;
    }

    void rethrow() throws IOException {
      if (problem != null && process.isAlive()) {
        throw problem;
      }
    }
  }
}
