package dev.recycler.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself: help, version, and the options of all commands. */
@Command(
    name = "recycler",
    versionProvider = Version.class,
    description = "Carries a post-training recipe from one base-model release to the next.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {
      "0:done",
      "1:the command or the series failed",
      "2:wrong use, or an input that can't be right",
      "3:no Temporal server answers",
      "4:something on this machine is missing (Python, space, a port, the network)",
      "130:ended by Ctrl-C"
    },
    footer = {"", "Begin with 'recycler quickstart'. 'recycler COMMAND --help' has examples."})
final class RecyclerCommand implements Runnable {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean version;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show stack traces and warnings of the libraries.")
  private boolean debug;

  @Spec private CommandSpec spec;

  /** The root of the command that {@code line} is or is part of. */
  static RecyclerCommand of(CommandLine line) {
    return (RecyclerCommand) line.getCommandSpec().root().userObject();
  }

  boolean debug() {
    return debug;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command? 'recycler --help' lists them");
  }
}
