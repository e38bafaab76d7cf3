package dev.recycler.cli.drill;

import dev.recycler.activities.store.Folders;
import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.drill.server.Server;
import dev.recycler.cli.drill.server.ServerChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Many runs, one after another or several at once, and what they came to. */
final class Drill {
  private static final int LINES_SHOWN = 60;

  private final Console console;
  private final Places places;
  private final Request request;
  private final ServerChoice servers;
  private final AtomicInteger next = new AtomicInteger();
  private final List<Long> bad = new ArrayList<>();
  private final Map<String, Integer> faults = new LinkedHashMap<>();
  private final Set<Path> underWay = new TreeSet<>();
  private int stands;
  private int over;

  /**
   * What is asked for.
   *
   * @param seed of the first run
   * @param faults as they were written
   * @param home absolute, without links
   * @param real which runs use real tools, where some do
   */
  record Request(
      int runs,
      long seed,
      List<FaultKind> kinds,
      String faults,
      Path home,
      boolean keep,
      Optional<RealRuns> real) {
    Request {
      kinds = List.copyOf(kinds);
    }
  }

  /**
   * A drill.
   *
   * @param servers each lane starts one of its own, unless it is one that is there
   */
  Drill(Console console, Places places, Request request, ServerChoice servers) {
    this.console = console;
    this.places = places;
    this.request = request;
    this.servers = servers;
  }

  /** Runs all; whether everything held. */
  boolean run(int atOnce) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    console.say(
        "%s from seed %d in %s; each takes from a quarter of a minute to some minutes."
            .formatted(runs(request.runs()), request.seed(), request.home()));
    AtomicReference<Exception> failure = new AtomicReference<>();
    List<Thread> lanes = new ArrayList<>();
    for (int i = 0; i < Math.min(atOnce, request.runs()); i++) {
      int lane = i;
      lanes.add(
          Thread.ofPlatform()
              .name("drill-" + lane)
              .start(
                  () -> {
                    try {
                      lane(lane);
                    } catch (IOException | InterruptedException | RuntimeException e) {
                      failure.compareAndSet(null, e);
                    }
                  }));
    }
    try {
      for (Thread lane : lanes) {
        lane.join();
      }
    } catch (InterruptedException e) {
      for (Thread lane : lanes) {
        lane.interrupt();
      }
      for (Thread lane : lanes) {
        lane.join();
      }
      console.say(
          "%d of %s were over, %d went wrong; what was under way lies in %s."
              .formatted(
                  over,
                  runs(request.runs()),
                  bad.size(),
                  underWay.isEmpty() ? request.home() : underWay));
      throw e;
    }
    switch (failure.get()) {
      case null -> {}
      case IOException e -> throw e;
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(failure.get());
    }
    summary(Duration.between(begun, Instant.now()));
    return bad.isEmpty();
  }

  private void lane(int lane) throws IOException, InterruptedException {
    Path home = request.home().resolve("server-" + lane);
    Folders.delete(home);
    try (Server server = servers.start(home)) {
      for (int i = next.getAndIncrement(); i < request.runs(); i = next.getAndIncrement()) {
        server.refresh();
        one(i, request.seed() + i, server);
      }
    }
    if (!request.keep()) {
      Folders.delete(home);
    }
  }

  private void one(int number, long seed, Server server) throws IOException, InterruptedException {
    Path folder = freeFolder(seed);
    Optional<RealRuns> real = request.real().filter(runs -> runs.include(number + 1));
    DrillRun.Plan plan =
        real.isPresent()
            ? real.get().plan(seed, request.kinds(), folder, places)
            : DrillRun.Plan.of(seed, request.kinds(), folder, places);
    DrillRun run = new DrillRun(plan, places);
    RunReport file = new RunReport(plan);
    begins(folder);
    boolean judged = false;
    try {
      DrillRun.Outcome outcome = run.run(server);
      judged = true;
      List<String> verdict = outcome.violations().stream().map(Violation::text).toList();
      file.write(outcome.timeLine(), verdict.isEmpty() ? List.of("nothing was lost") : verdict);
      report(number, plan, outcome, file.file());
      if (outcome.violations().isEmpty() && !request.keep()) {
        Folders.delete(folder);
      }
    } finally {
      if (!judged) {
        file.write(run.timeLine(), List.of("it was not brought to its end"));
      }
    }
  }

  /** What was kept of an earlier run of the seed stays. */
  private Path freeFolder(long seed) {
    Path folder = request.home().resolve("run-" + seed);
    for (int i = 2; Files.exists(folder); i++) {
      folder = request.home().resolve("run-" + seed + "-" + i);
    }
    return folder;
  }

  private synchronized void begins(Path folder) {
    underWay.add(folder);
  }

  private synchronized void report(
      int number, DrillRun.Plan plan, DrillRun.Outcome outcome, Path file) {
    underWay.remove(plan.folder().path());
    over++;
    outcome.performed().forEach(fault -> faults.merge(fault.kind().key(), 1, Integer::sum));
    stands += outcome.stands();
    boolean good = outcome.violations().isEmpty();
    console.print(
        "%-4d seed %-10d %s  %3d s  %s | %s"
            .formatted(
                number + 1,
                plan.seed(),
                good ? "ok " : "BAD",
                outcome.took().toSeconds(),
                plan.shape().text(),
                plan.schedule().text()));
    if (good) {
      if (request.keep()) {
        console.print("     kept: " + plan.folder().path());
      }
      return;
    }
    bad.add(plan.seed());
    outcome.violations().forEach(violation -> console.print("     " + violation.text()));
    List<String> lines = outcome.timeLine();
    console.print("     the last of what happened:");
    lines
        .subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())
        .forEach(line -> console.print("       " + line));
    console.print("     all of it: " + file);
    console.print("     again: " + again(plan));
  }

  private String again(DrillRun.Plan plan) {
    return "recycler drill --runs 1 --seed %d%s --faults %s --home %s%s --keep"
        .formatted(
            plan.seed(),
            plan.shape() instanceof RealShape ? " --real-every 1" : "",
            request.faults(),
            places.quote(request.home()),
            servers.options());
  }

  private static String runs(int number) {
    return number == 1 ? "1 run" : number + " runs";
  }

  private void summary(Duration took) {
    int performed = faults.values().stream().mapToInt(Integer::intValue).sum();
    console.print(
        "%s, %s, %d faults, %d s: %s"
            .formatted(
                runs(request.runs()),
                request.runs() == 1
                    ? "seed " + request.seed()
                    : "seeds %d to %d"
                        .formatted(request.seed(), request.seed() + request.runs() - 1),
                performed,
                took.toSeconds(),
                bad.isEmpty() ? "nothing was lost" : runs(bad.size()) + " went wrong: " + bad));
    faults.forEach((kind, count) -> console.say("  %-18s %d".formatted(kind, count)));
    if (stands > 0) {
      console.say(
          "  A series stood and waited for a person %d times; what its message says was done."
              .formatted(stands));
    }
  }
}
