package dev.recycler.cli;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.LogFiles;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.console.SessionFactory;
import dev.recycler.worker.encryption.UnreadablePayload;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs one command line: parses it, runs the command, turns failures into a sentence and a code.
 */
public final class Cli {
  private final Session session;

  public Cli(Session session) {
    this.session = session;
  }

  /** Runs a command; returns the exit code and never throws. */
  public int run(String... args) {
    return commandLine(args).execute(args);
  }

  /** The names of all commands that people are shown. */
  public static List<String> commands() {
    return CommandGroups.names();
  }

  /**
   * The commands that {@code args} may mean, ready to parse or to run; all where there are none.
   */
  public CommandLine commandLine(String... args) {
    var factory = new SessionFactory(session);
    CommandLine line = new CommandLine(new RecyclerCommand(), factory);
    CommandGroups.addTo(line, factory, args);
    line.setOut(session.console().out());
    line.setErr(session.console().err());
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(session.data().colour() ? Ansi.ON : Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(80);
    line.setParameterExceptionHandler(this::misused);
    line.setExecutionExceptionHandler(this::failed);
    line.setExecutionStrategy(
        parsed -> {
          if (RecyclerCommand.of(line).debug()) {
            LogFiles.showWarnings();
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    return line;
  }

  private int misused(ParameterException problem, String[] args) {
    CommandLine line = problem.getCommandLine();
    PrintWriter err = session.console().err();
    err.println(
        "recycler: "
            + (problem instanceof UnmatchedArgumentException unmatched
                ? unmatched(unmatched)
                // picocli 4.7.7 writes the word twice for options with a key and a value.
                : problem.getMessage().replace("option option ", "option ")));
    err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    // What was parsed before the mistake is not kept: the option is looked for in the words.
    if (List.of(args).contains("--debug")) {
      problem.printStackTrace(err);
    }
    err.flush();
    return ExitCode.USAGE.code();
  }

  /** A word that nothing takes: a command or an option that is not there, or a word too many. */
  private static String unmatched(UnmatchedArgumentException problem) {
    String word = problem.getUnmatched().getFirst();
    CommandLine line = problem.getCommandLine();
    String command = line.getCommandSpec().qualifiedName();
    String told =
        word.startsWith("-")
            ? "%s has no option %s".formatted(command, word)
            : line.getParent() == null
                ? "there is no command " + word
                : "%s takes no further argument: %s".formatted(command, word);
    List<String> meant = problem.getSuggestions();
    return meant.isEmpty() ? told + "." : told + "; did you mean " + choice(meant) + "?";
  }

  private static String choice(List<String> words) {
    String last = words.getLast();
    return words.size() == 1
        ? last
        : String.join(", ", words.subList(0, words.size() - 1)) + " or " + last;
  }

  private int failed(Exception problem, CommandLine line, ParseResult parsed) {
    PrintWriter err = session.console().err();
    boolean debug = RecyclerCommand.of(line).debug();
    ExitCode code;
    boolean interrupted = wasInterrupted(problem);
    if (interrupted && session.messages().live()) {
      // The terminal has written "^C" where the cursor was.
      err.println();
    }
    if (problem instanceof CommandFailed failed
        && (!interrupted || failed.exitCode() == ExitCode.INTERRUPTED)) {
      code = failed.exitCode();
      err.println("recycler: " + failed.getMessage());
    } else if (unreadable(problem) != null) {
      code = ExitCode.ENVIRONMENT;
      err.println("recycler: " + unreadable(problem).getMessage() + ".");
    } else if (interrupted) {
      code = ExitCode.INTERRUPTED;
      err.println("recycler: interrupted.");
    } else {
      code = ExitCode.FAILED;
      err.println("recycler: " + sentence(problem));
      if (!debug) {
        err.println("This is a defect of recycler; --debug shows where it happened.");
      }
    }
    if (debug) {
      problem.printStackTrace(err);
    }
    err.flush();
    return code.code();
  }

  private static UnreadablePayload unreadable(Throwable problem) {
    for (Throwable t = problem; t != null; t = t.getCause()) {
      if (t instanceof UnreadablePayload payload) {
        return payload;
      }
    }
    return null;
  }

  private static boolean wasInterrupted(Throwable problem) {
    for (Throwable t = problem; t != null; t = t.getCause()) {
      if (t instanceof InterruptedException) {
        return true;
      }
    }
    return Thread.currentThread().isInterrupted();
  }

  private static String sentence(Exception problem) {
    String message = problem.getMessage();
    String kind = problem.getClass().getSimpleName();
    return message == null || message.isBlank() ? kind : kind + ": " + message;
  }
}
