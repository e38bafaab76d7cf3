package dev.recycler.cli.series;

import dev.recycler.cli.console.Console;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints a file that grows. */
final class LogTail implements AutoCloseable {
  private final BufferedReader reader;
  private final Console console;
  private final char[] buffer = new char[8192];

  private LogTail(BufferedReader reader, Console console) {
    this.reader = reader;
    this.console = console;
  }

  static LogTail open(Path log, Console console) throws IOException {
    return new LogTail(
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(log), StandardCharsets.UTF_8)),
        console);
  }

  /** Prints what has come since the last call. */
  void print() throws IOException {
    int length = reader.read(buffer);
    while (length > 0) {
      console.out().write(buffer, 0, length);
      length = reader.read(buffer);
    }
    console.out().flush();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
