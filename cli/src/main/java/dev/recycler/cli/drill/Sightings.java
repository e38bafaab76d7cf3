package dev.recycler.cli.drill;

import dev.recycler.cli.drill.Journals.Tool;
import dev.recycler.cli.drill.server.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What real tools have done, which keep no journal for a drill: when each attempt's process was
 * seen alive, from which checkpoint it was told to go on, how far the bar in its log came, and when
 * its supervisor said that it has started it.
 */
final class Sightings implements Accounts {
  /** {@code 42/60 [00:01<…}: the training's own bar, by its total. */
  private static final Pattern BAR = Pattern.compile("\\b([0-9]+)/" + RealShape.STEPS + " \\[");

  private static final Pattern ATTEMPT =
      Pattern.compile(".*/work/((finetune|evaluate)/[^/]+)/(attempt-[0-9]+)(/output)?");
  private static final Pattern RESUMED = Pattern.compile(".*/checkpoint-([0-9]+)");
  private static final String STARTED = "supervisor.tool-started";

  /** A process may be seen before its supervisor has said that it has started it. */
  private static final Duration SOONER = Duration.ofSeconds(2);

  private final RunFolder folder;
  private final Tools.Programs programs;
  private final TimeLine timeLine;

  /** In order; an attempt's name comes again where its run begins anew. */
  private final Map<Attempt, List<Seen>> attempts = new LinkedHashMap<>();

  /**
   * One attempt of a step.
   *
   * @param run {@code OPERATION/FINGERPRINT} of the step
   * @param name e.g. {@code attempt-2}
   */
  record Attempt(String run, String name) {
    /** The one whose folder, or folder for output, this is. */
    static Optional<Attempt> of(String path) {
      Matcher parts = ATTEMPT.matcher(path);
      return parts.matches()
          ? Optional.of(new Attempt(parts.group(1), parts.group(3)))
          : Optional.empty();
    }

    String kind() {
      return run.startsWith("finetune/") ? "trainer" : "harness";
    }
  }

  /**
   * What is known of one.
   *
   * @param pid 0 where its process was never seen
   * @param from the step of the checkpoint that it was to go on from
   * @param reached the last step that its bar showed; -1 where it showed none
   */
  record Seen(long pid, Instant begun, Instant last, long from, long reached) {
    Seen until(Instant time) {
      return new Seen(pid, begun, time, from, reached);
    }

    Seen startedAt(Instant time) {
      return new Seen(pid, time, last.isBefore(time) ? time : last, from, reached);
    }

    Seen reaching(long step) {
      return new Seen(pid, begun, last, from, Math.max(reached, step));
    }
  }

  Sightings(RunFolder folder, Tools.Programs programs, TimeLine timeLine) {
    this.folder = folder;
    this.programs = programs;
    this.timeLine = timeLine;
  }

  @Override
  public synchronized void look() {
    Instant now = Instant.now();
    List<ProcessHandle> all = new ArrayList<>();
    for (String program : List.of(programs.trainer(), programs.harness())) {
      all.addAll(Server.running(program, folder.path() + "/"));
    }
    Set<ProcessHandle> there = new HashSet<>(all);
    for (ProcessHandle process : all) {
      boolean child = process.parent().filter(there::contains).isPresent();
      if (!child && !Processes.isZombie(process.pid())) {
        Processes.argument(process, programs.outputs())
            .flatMap(Attempt::of)
            .ifPresent(attempt -> saw(attempt, process, now));
      }
    }
  }

  private void saw(Attempt attempt, ProcessHandle process, Instant now) {
    List<Seen> known = attempts.computeIfAbsent(attempt, _ -> new ArrayList<>());
    if (!known.isEmpty() && known.getLast().pid() == process.pid()) {
      known.set(known.size() - 1, known.getLast().until(now));
      return;
    }
    long from =
        Processes.argument(process, Set.of("--resume_from_checkpoint"))
            .map(RESUMED::matcher)
            .filter(Matcher::matches)
            .map(checkpoint -> Long.parseLong(checkpoint.group(1)))
            .orElse(0L);
    timeLine.add(
        "sees %s %d at %s of %s, from step %d"
            .formatted(attempt.kind(), process.pid(), attempt.name(), attempt.run(), from));
    known.add(new Seen(process.pid(), now, now, from, -1));
  }

  @Override
  public synchronized Journals now() throws IOException {
    for (Map.Entry<Attempt, NavigableSet<Instant>> started : starts().entrySet()) {
      combine(
          attempts.computeIfAbsent(started.getKey(), _ -> new ArrayList<>()), started.getValue());
    }
    for (Map.Entry<Attempt, List<Seen>> attempt : attempts.entrySet()) {
      if (attempt.getKey().kind().equals("trainer")) {
        List<Seen> seen = attempt.getValue();
        seen.set(seen.size() - 1, seen.getLast().reaching(reached(attempt.getKey())));
      }
    }
    List<Tool> tools = new ArrayList<>();
    attempts.forEach((attempt, all) -> all.forEach(seen -> tools.add(tool(attempt, seen))));
    tools.sort(Comparator.comparing(Tool::begun));
    return new Journals(List.copyOf(tools));
  }

  private Tool tool(Attempt attempt, Seen seen) {
    return new Tool(
        attempt.kind(),
        seen.pid(),
        attempt.run(),
        attempt.name(),
        seen.begun(),
        seen.last(),
        seen.from(),
        Math.max(seen.from(), seen.reached()),
        seen.reached() >= 0,
        seen.reached() >= RealShape.STEPS,
        false,
        List.of(),
        List.of());
  }

  /** Gives each start the process that was seen after it; some ended before they were seen. */
  static void combine(List<Seen> seen, NavigableSet<Instant> starts) {
    for (Instant start : starts) {
      Instant next = Optional.ofNullable(starts.higher(start)).orElse(Instant.MAX).minus(SOONER);
      int at = 0;
      while (at < seen.size() && seen.get(at).begun().isBefore(start.minus(SOONER))) {
        at++;
      }
      if (at < seen.size() && seen.get(at).begun().isBefore(next)) {
        seen.set(at, seen.get(at).startedAt(start));
      } else {
        seen.add(at, new Seen(0, start, start, 0, -1));
      }
    }
  }

  /** When supervisors said that they had started an attempt's tool. */
  private Map<Attempt, NavigableSet<Instant>> starts() throws IOException {
    Map<Attempt, NavigableSet<Instant>> starts = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(folder.journal())) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          String[] words = line.split(" ", 3);
          if (words.length == 3 && words[1].equals(STARTED)) {
            Instant time = Instant.parse(words[0]);
            Attempt.of(words[2])
                .ifPresent(
                    attempt -> starts.computeIfAbsent(attempt, _ -> new TreeSet<>()).add(time));
          }
        }
      }
    }
    return starts;
  }

  /** The last step of the bar in its log, where that still is, or has come with the artifact. */
  private long reached(Attempt attempt) throws IOException {
    Path store = folder.store();
    Path log = store.resolve("work").resolve(attempt.run()).resolve(attempt.name()).resolve("log");
    Path kept =
        store
            .resolve("artifacts")
            .resolve(attempt.run())
            .resolve("logs")
            .resolve(attempt.name() + ".log");
    long step = -1;
    for (Path file : List.of(log, kept)) {
      try {
        step = Math.max(step, lastStep(Files.readString(file, StandardCharsets.ISO_8859_1)));
      } catch (NoSuchFileException e) {
        // It is the other one.
      }
    }
    return step;
  }

  /** The furthest step that the training's bar shows in a log; -1 where it shows none. */
  static long lastStep(String log) {
    return BAR.matcher(log)
        .results()
        .mapToLong(bar -> Long.parseLong(bar.group(1)))
        .max()
        .orElse(-1);
  }
}
