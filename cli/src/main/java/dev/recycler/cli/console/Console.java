package dev.recycler.cli.console;

import java.io.PrintWriter;
import java.util.Optional;

/**
 * Where a command's output goes: data to {@link #out()}, messages to {@link #err()}.
 *
 * @param out data
 * @param err messages
 * @param person who can be asked, where a person sits at the terminal
 */
public record Console(PrintWriter out, PrintWriter err, Optional<Answers> person) {
  /** Prints a line of data. */
  public void print(String line) {
    out.println(line);
    out.flush();
  }

  /** Prints a message. */
  public void say(String line) {
    err.println(line);
    err.flush();
  }
}
