package dev.recycler.cli.console;

import java.io.PrintWriter;
import java.util.Map;

/**
 * Where a command's output goes: data to {@link #out()}, messages to {@link #err()}.
 *
 * @param out data
 * @param err messages
 * @param outIsTerminal whether somebody watches {@code out}
 * @param errIsTerminal whether somebody watches {@code err}
 * @param color whether colours and other ANSI sequences may be used on a terminal
 */
public record Console(
    PrintWriter out, PrintWriter err, boolean outIsTerminal, boolean errIsTerminal, boolean color) {

  /**
   * The console of this process.
   *
   * @param terminals which of {@code out} and {@code err} are terminals, as the launcher saw it,
   *     e.g. {@code out,err}
   * @param variables environment variables: {@code NO_COLOR} and {@code TERM=dumb} are respected
   */
  public static Console of(
      PrintWriter out, PrintWriter err, String terminals, Map<String, String> variables) {
    boolean dumb = "dumb".equals(variables.get("TERM"));
    return new Console(
        out,
        err,
        terminals.contains("out") && !dumb,
        terminals.contains("err") && !dumb,
        variables.getOrDefault("NO_COLOR", "").isEmpty());
  }

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

  public boolean colorOut() {
    return color && outIsTerminal;
  }

  public boolean colorErr() {
    return color && errIsTerminal;
  }
}
