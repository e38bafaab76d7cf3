package dev.recycler.cli.console;

/** A command can't do what was asked; the message is for a person: what, where, what to do. */
public final class CommandFailed extends RuntimeException {
  private final ExitCode exitCode;

  public CommandFailed(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public CommandFailed(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
