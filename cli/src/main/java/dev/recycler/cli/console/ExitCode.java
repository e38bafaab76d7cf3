package dev.recycler.cli.console;

/** What the process ends with. */
public enum ExitCode {
  /** Done. */
  OK(0),
  /** The command or the series failed. */
  FAILED(1),
  /** Wrong use, or an input that can't be right. */
  USAGE(2),
  /** No Temporal server answers. */
  UNREACHABLE(3),
  /** Something on this machine is missing: Python, space, a free port, the network. */
  ENVIRONMENT(4),
  /** Ended by Ctrl-C or a signal. */
  INTERRUPTED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
