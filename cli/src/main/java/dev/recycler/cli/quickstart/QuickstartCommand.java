package dev.recycler.cli.quickstart;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.workflows.spec.Strategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code recycler quickstart}. */
@Command(
    name = "quickstart",
    description = "Run the whole job on a tiny series, with nothing to prepare.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler quickstart               five releases, three strategies: 8 minutes",
      "  recycler quickstart --smoke       two releases, few steps: about a minute",
      "  recycler quickstart --home DIR    keep everything in DIR",
      "",
      "Ctrl-C ends it; the same command goes on where it was."
    })
public final class QuickstartCommand implements Callable<Integer> {
  private static final String GLOB = "*?[]";

  private final Session session;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "The folder for everything that is made (default: in your data folder).")
  private Path home;

  @Option(
      names = "--releases",
      paramLabel = "N",
      description = "How many base-model releases, 2 to 9 (default: 5, with --smoke 2).")
  private Integer releases;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of their pretraining (default: 0).")
  private Long seed;

  @Option(
      names = "--strategies",
      paramLabel = "NAME",
      split = ",",
      description = "Which to run: iterative, direct, plain (default: all).")
  private List<String> strategies;

  @Option(names = "--smoke", description = "Make everything as small as can be.")
  private boolean smoke;

  @Option(
      names = "--fresh",
      description = "Delete what an earlier quickstart left, and start over.")
  private boolean fresh;

  QuickstartCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException {
    Path folder =
        home == null
            ? session.places().quickstartHome()
            : session.places().resolve(home).toAbsolutePath();
    if (folder.toString().chars().anyMatch(c -> GLOB.indexOf(c) >= 0)) {
      throw new CommandFailed(
          ExitCode.USAGE,
          folder
              + " has one of "
              + GLOB
              + " in its path, which the data set loader takes for a"
              + " pattern: choose another folder with --home.");
    }
    QuickstartHome quickstartHome = new QuickstartHome(folder);
    Quickstart quickstart = new Quickstart(session, quickstartHome, again(folder));
    return quickstart.run(this::wanted, fresh).code();
  }

  /** What is asked for: what the home was made with, where the options do not say otherwise. */
  private Parameters wanted(Parameters made) {
    boolean small = smoke || (made != null && made.smoke());
    Parameters usual =
        made != null
            ? made
            : new Parameters(
                small ? 2 : 5,
                0,
                List.of(Strategy.ITERATIVE, Strategy.DIRECT, Strategy.PLAIN),
                small);
    int count = releases != null ? releases : usual.releases();
    if (count < 2 || count > 9) {
      throw new CommandFailed(
          ExitCode.USAGE, "--releases is " + count + ": it must be from 2 to 9.");
    }
    long chosen = seed != null ? seed : usual.seed();
    if (chosen < 0 || chosen > Integer.MAX_VALUE) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--seed is " + chosen + ": it must be from 0 to " + Integer.MAX_VALUE + ".");
    }
    return new Parameters(
        count, chosen, strategies == null ? usual.strategies() : parse(strategies), small);
  }

  private static List<Strategy> parse(List<String> names) {
    LinkedHashSet<Strategy> parsed = new LinkedHashSet<>();
    for (String name : names) {
      try {
        parsed.add(Strategy.valueOf(name.strip().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new CommandFailed(
            ExitCode.USAGE,
            "--strategies has '" + name + "': the strategies are iterative, direct and plain.",
            e);
      }
    }
    return new ArrayList<>(parsed);
  }

  /** The command that goes on with this home. */
  private String again(Path folder) {
    return folder.equals(session.places().quickstartHome())
        ? "recycler quickstart"
        : "recycler quickstart --home " + session.places().quote(folder);
  }
}
