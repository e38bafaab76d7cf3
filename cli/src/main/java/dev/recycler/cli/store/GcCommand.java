package dev.recycler.cli.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.GarbageCollection;
import dev.recycler.activities.store.KeepPolicies.Keep;
import dev.recycler.cli.console.Answers;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Confirmation;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.cli.terminal.Sizes;
import dev.recycler.cli.terminal.Width;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesWorkflow;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler gc}. */
@Command(
    name = "gc",
    description = "Show what nothing in a store needs any more, and remove it.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler gc store                        show what could go, and ask",
      "  recycler gc store --dry-run              show it, ask nothing",
      "  recycler gc store --keep-days 7 --yes    remove it",
      "  recycler gc store --forget toy --yes     a series is over; its models may go",
      "  recycler gc store --pin store/series/toy/M5.iterative.finetune",
      "",
      "Kept are the models and scores of every series that is not forgotten, what is",
      "pinned, what either was made from, and what was used within --keep-days or the",
      "last hour. A series file's keep says of how many releases the merged models",
      "stay when the series is over."
    })
public final class GcCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(paramLabel = "STORE", description = "The store's folder.")
  private Path store;

  @Option(
      names = "--keep-days",
      paramLabel = "N",
      description = "Keep what was used within N days. Default: 30.")
  private int keepDays = 30;

  @Option(
      names = "--forget",
      paramLabel = "SERIES",
      split = ",",
      description = "A series that is over: what only it needs may go. Refused while it runs.")
  private Set<String> forget = Set.of();

  @Option(
      names = "--no-server",
      description = "Take series for over without asking a Temporal server whether they run.")
  private boolean noServer;

  @Option(names = "--pin", paramLabel = "PATH", description = "Keep this for ever, and end.")
  private List<Path> pin = List.of();

  @Option(names = "--unpin", paramLabel = "PATH", description = "Take a pin away, and end.")
  private List<Path> unpin = List.of();

  @Option(names = "--pins", description = "List what is pinned, and end.")
  private boolean pins;

  @Option(
      names = "--yes",
      description = "Remove without asking. Without it and a terminal nothing is touched.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Show what could go; remove and ask nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the list as JSON.")
  private boolean json;

  GcCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = session.places().resolve(store);
    if (!Files.isDirectory(folder.resolve("artifacts"))) {
      throw new CommandFailed(
          ExitCode.USAGE, store + " is no store; a store has a folder artifacts.");
    }
    if (dryRun && yes) {
      throw new CommandFailed(ExitCode.USAGE, "give either --dry-run or --yes, not both.");
    }
    if (keepDays < 0) {
      throw new CommandFailed(ExitCode.USAGE, "--keep-days must be 0 or more.");
    }
    GarbageCollection garbage = ArtifactStore.open(folder).garbage();
    if (pins || !pin.isEmpty() || !unpin.isEmpty()) {
      return changePins(garbage);
    }
    requireOver(folder);
    GarbageCollection.Policy policy =
        new GarbageCollection.Policy(Duration.ofDays(keepDays), forget, policies(garbage));
    List<GarbageCollection.Item> items = garbage.find(policy);
    if (json) {
      printJson(yes ? garbage.remove(items, policy) : items);
      return ExitCode.OK.code();
    }
    if (yes) {
      items = garbage.remove(items, policy);
    }
    list(items);
    if (yes || agrees(items)) {
      session.console().say(sum(yes ? items : garbage.remove(items, policy)) + " removed.");
    } else {
      session
          .console()
          .say(
              sum(items)
                  + (items.isEmpty() ? ": nothing to remove." : " could go; --yes removes them."));
    }
    return ExitCode.OK.code();
  }

  /** At a terminal a person is asked; without one nothing is removed. */
  private boolean agrees(List<GarbageCollection.Item> items)
      throws IOException, InterruptedException {
    Optional<Answers> person = session.console().person();
    return person.isPresent()
        && !dryRun
        && !items.isEmpty()
        && new Confirmation(session.console(), yes)
            .agrees(person.get(), "Remove " + sum(items) + "?");
  }

  private int changePins(GarbageCollection garbage) throws IOException {
    for (Path path : pin) {
      requireThere(path);
      if (!garbage.pinned().add(session.places().resolve(path))) {
        throw new CommandFailed(
            ExitCode.USAGE, path + " is no model or score of the store " + store + ".");
      }
    }
    for (Path path : unpin) {
      requireThere(path);
      if (!garbage.pinned().remove(session.places().resolve(path))) {
        throw new CommandFailed(ExitCode.USAGE, path + " is not pinned.");
      }
    }
    for (Path pinned : garbage.pinned().all()) {
      session.console().print(pinned.toString());
    }
    return ExitCode.OK.code();
  }

  private void requireThere(Path path) {
    if (!Files.exists(session.places().resolve(path))) {
      throw new CommandFailed(ExitCode.USAGE, "there is no folder " + path + ".");
    }
  }

  /** A series that runs, or waits for a person, needs what it has. */
  private void requireOver(Path folder) {
    for (String series : new TreeSet<>(forget)) {
      if (!Files.isDirectory(folder.resolve("series").resolve(series))) {
        throw new CommandFailed(
            ExitCode.USAGE, "the store " + store + " knows no series " + series + ".");
      }
    }
    if (forget.isEmpty() || noServer) {
      return;
    }
    try (TemporalConnection connection = server.connect(session.places())) {
      for (String series : new TreeSet<>(forget)) {
        if (runs(connection, series)) {
          throw new CommandFailed(
              ExitCode.FAILED,
              "series %s still runs; 'recycler cancel %s' ends it".formatted(series, series));
        }
      }
    }
  }

  /** What series want that are over; those that run need what they have. */
  private Map<String, Keep> policies(GarbageCollection garbage) throws IOException {
    Map<String, Keep> policies = new LinkedHashMap<>(garbage.policies().all());
    forget.forEach(policies::remove);
    if (policies.isEmpty() || noServer) {
      return policies;
    }
    try (TemporalConnection connection = server.connect(session.places())) {
      for (String series : List.copyOf(policies.keySet())) {
        if (runs(connection, series)) {
          session.console().say("Series %s runs, so all of it stays.".formatted(series));
          policies.remove(series);
        }
      }
      return policies;
    } catch (CommandFailed e) {
      session
          .console()
          .say(
              "Whether %s is over is not known (%s), so all of it stays; --no-server takes it for over."
                  .formatted(String.join(", ", policies.keySet()), e.getMessage()));
      return Map.of();
    }
  }

  private static boolean runs(TemporalConnection connection, String series) {
    try {
      return connection
          .client()
          .newUntypedWorkflowStub(SeriesWorkflow.id(series))
          .describe()
          .getStatus()
          .equals(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  private void printJson(List<GarbageCollection.Item> items) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("removed", yes);
    all.put("bytes", bytes(items));
    all.put(
        "items",
        items.stream()
            .map(i -> Map.of("path", i.path().toString(), "bytes", i.bytes(), "why", i.why()))
            .toList());
    session
        .console()
        .print(
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all));
  }

  private void list(List<GarbageCollection.Item> items) {
    for (GarbageCollection.Item item : items) {
      session
          .console()
          .print(
              Width.right(Sizes.of(item.bytes()), 10)
                  + "  "
                  + item.path()
                  + "  ("
                  + item.why()
                  + ")");
    }
  }

  private static String sum(List<GarbageCollection.Item> items) {
    return items.size() + (items.size() == 1 ? " folder, " : " folders, ") + Sizes.of(bytes(items));
  }

  private static long bytes(List<GarbageCollection.Item> items) {
    return items.stream().mapToLong(GarbageCollection.Item::bytes).sum();
  }
}
