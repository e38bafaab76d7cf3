package dev.recycler.cli.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The lines that a person types. Waiting for one can be interrupted, which a read from a terminal
 * can't: it runs on a thread of its own.
 */
public final class Answers {
  private final BufferedReader lines;

  public Answers(BufferedReader lines) {
    this.lines = lines;
  }

  /** The next line, or nothing where there are no more. */
  public Optional<String> next() throws IOException, InterruptedException {
    var line = new FutureTask<>(lines::readLine);
    Thread.ofPlatform().daemon().name("answers").start(line);
    try {
      return Optional.ofNullable(line.get());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
  }
}
