package dev.recycler.cli.console;

import dev.recycler.cli.terminal.Terminal;

/**
 * What a command is given when it is made.
 *
 * @param console where its output goes
 * @param data what the place that its data goes to can show
 * @param messages what the place that its messages go to can show
 * @param places the environment it runs in
 * @param patience how long its end may take
 */
public record Session(
    Console console, Terminal data, Terminal messages, Places places, Patience patience) {
  /** A command that ends soon when it is told to. */
  public Session(Console console, Terminal data, Terminal messages, Places places) {
    this(console, data, messages, places, new Patience());
  }
}
