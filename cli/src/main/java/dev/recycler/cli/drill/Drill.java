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
  private int stands;

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
    Path folder = request.home().resolve("run-" + seed);
    Folders.delete(folder);
    boolean real = request.real().filter(runs -> runs.include(number + 1)).isPresent();
    DrillRun.Plan plan =
        real
            ? request.real().get().plan(seed, request.kinds(), folder, places)
            : DrillRun.Plan.of(seed, request.kinds(), folder, places);
    DrillRun.Outcome outcome = new DrillRun(plan, places).run(server);
    Files.write(folder.resolve("timeline.txt"), outcome.timeLine());
    report(number, plan, outcome);
    if (outcome.violations().isEmpty() && !request.keep()) {
      Folders.delete(folder);
    }
  }

  private synchronized void report(int number, DrillRun.Plan plan, DrillRun.Outcome outcome) {
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
      return;
    }
    bad.add(plan.seed());
    outcome.violations().forEach(violation -> console.print("     " + violation.text()));
    List<String> lines = outcome.timeLine();
    console.print("     the last of what happened:");
    lines
        .subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())
        .forEach(line -> console.print("       " + line));
    console.print("     all of it: " + plan.folder().path().resolve("timeline.txt"));
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

  private void summary(Duration took) {
    int performed = faults.values().stream().mapToInt(Integer::intValue).sum();
    console.print(
        "%d runs, seeds %d to %d, %d faults, %d s: %s"
            .formatted(
                request.runs(),
                request.seed(),
                request.seed() + request.runs() - 1,
                performed,
                took.toSeconds(),
                bad.isEmpty() ? "nothing was lost" : bad.size() + " runs went wrong: " + bad));
    faults.forEach((kind, count) -> console.say("  %-18s %d".formatted(kind, count)));
    if (stands > 0) {
      console.say(
          "  A series stood and waited for a person %d times; what its message says was done."
              .formatted(stands));
    }
  }
}
