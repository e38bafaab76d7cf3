package dev.recycler.cli.shell;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recycler man}. */
@Command(
    name = "man",
    description = "Print a man page, or write all of them.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler man merge | man -l -",
      "  recycler man --to ~/.local/share/man/man1      then: man recycler-merge"
    })
public final class ManCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMAND",
      description = "The command; without one, recycler itself.")
  private String command;

  @Option(names = "--to", paramLabel = "DIR", description = "Write the pages of all commands here.")
  private Path to;

  @Spec private CommandSpec spec;

  ManCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    CommandLine root = spec.root().commandLine();
    if (to == null) {
      session.console().print(ManPage.of(chosen(root)));
      return ExitCode.OK.code();
    }
    Path folder = Files.createDirectories(session.places().resolve(to));
    write(folder, root);
    for (CommandLine each : root.getSubcommands().values()) {
      write(folder, each);
    }
    session.console().say("Written to " + session.places().show(folder));
    return ExitCode.OK.code();
  }

  private CommandLine chosen(CommandLine root) {
    if (command == null) {
      return root;
    }
    CommandLine found = root.getSubcommands().get(command);
    if (found == null) {
      throw new CommandFailed(
          ExitCode.USAGE, "there is no command " + command + "; 'recycler --help' lists them.");
    }
    return found;
  }

  private static void write(Path folder, CommandLine command) throws IOException {
    Files.writeString(folder.resolve(ManPage.name(command) + ".1"), ManPage.of(command) + "\n");
  }
}
