package dev.recycler.cli.console;

import java.time.Duration;

/**
 * How long the end of a command may take once a person or the system has asked for it. One that
 * hangs must not make Ctrl-C useless.
 */
public final class Patience {
  private volatile Duration longest = Duration.ofSeconds(60);

  /** How long the end is waited for. */
  public Duration longest() {
    return longest;
  }

  /** Has the end waited for longer, where a command was told to finish something first. */
  public void extendBy(Duration more) {
    longest = longest.plus(more);
  }
}
