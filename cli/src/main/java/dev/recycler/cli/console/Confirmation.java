package dev.recycler.cli.console;

import java.io.Console;

/**
 * Asks a person before something that can't be taken back.
 *
 * @param given whether the answer was given beforehand, by {@code --yes}
 */
public record Confirmation(boolean given) {
  /**
   * Returns where the answer is yes.
   *
   * @param what e.g. {@code to cancel a series}
   * @throws CommandFailed where it is no, or nobody can be asked
   */
  @SuppressWarnings("SystemConsoleNull") // it is null where Java is told to use its plain console
  public void ask(String what, String question) {
    if (given) {
      return;
    }
    Console terminal = System.console();
    if (terminal == null || !terminal.isTerminal()) {
      throw new CommandFailed(ExitCode.USAGE, what + " without being asked, add --yes.");
    }
    String answer = terminal.readLine("%s [y/N] ", question);
    if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
      throw new CommandFailed(ExitCode.USAGE, "nothing was done.");
    }
  }
}
