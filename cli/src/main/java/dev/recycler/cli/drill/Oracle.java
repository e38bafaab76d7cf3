package dev.recycler.cli.drill;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Judges a run that is over by what must hold, whatever has happened to it. */
final class Oracle {
  private final Scene scene;
  private Expected expected;
  private final List<Violation> violations = new ArrayList<>();

  Oracle(Scene scene, Expected expected) {
    this.scene = scene;
    this.expected = expected;
  }

  /**
   * What does not hold.
   *
   * @param progress what the series says of itself in the end
   * @param performed the faults that were carried out
   */
  List<Violation> judge(SeriesProgress progress, List<Fault> performed) throws IOException {
    damagedCheckpoints(progress, performed);
    numbers(progress);
    weights();
    violations.addAll(new ToolChecks(scene, scene.journals(), performed, expected).violations());
    wholeArtifacts();
    nothingLeft();
    return List.copyOf(violations);
  }

  /** What the series says was damaged is not wanted of it, unless it says so of too much. */
  private void damagedCheckpoints(SeriesProgress progress, List<Fault> performed) {
    Set<String> reported = reportedDamage(progress);
    long damages = performed.stream().filter(fault -> fault.kind().damagesCheckpoints()).count();
    if (reported.size() > damages && !scene.mayLoseCheckpoints(performed)) {
      violated(
          "damage",
          "the series tells of damage to %s, and %d checkpoints were damaged"
              .formatted(reported, damages));
    }
    expected = expected.without(reported);
  }

  /** A checkpoint of a training that is over is nothing that could be made again. */
  private static Set<String> reportedDamage(SeriesProgress progress) {
    Set<String> damaged = new HashSet<>();
    for (StepProgress step : progress.steps()) {
      if (step.finetuned() != null) {
        step.finetuned().damaged().forEach(at -> damaged.add(step.id() + "@" + at));
      }
    }
    return damaged;
  }

  /** The reports are made of these. */
  private void numbers(SeriesProgress progress) {
    Set<String> scored = new HashSet<>();
    Set<String> trained = new HashSet<>();
    for (StepProgress step : progress.steps()) {
      if (step.score() != null) {
        scored.add(step.id());
        Double wanted = expected.scores().get(step.id());
        if (wanted == null || wanted != step.score().value()) {
          violated(
              "numbers",
              "%s is scored %s, not %s".formatted(step.id(), step.score().value(), wanted));
        }
      }
      if (step.finetuned() != null) {
        trained.add(step.id());
        Long wanted = expected.trainedSteps().get(step.id());
        if (wanted == null || wanted != step.finetuned().steps()) {
          violated(
              "numbers",
              "%s says %d steps, not %s".formatted(step.id(), step.finetuned().steps(), wanted));
        }
      }
    }
    same("scores", scored, expected.scores().keySet());
    same("fine-tunings", trained, expected.trainedSteps().keySet());
  }

  private void same(String what, Set<String> are, Set<String> wanted) {
    if (!are.equals(wanted)) {
      Set<String> missing = new TreeSet<>(wanted);
      missing.removeAll(are);
      Set<String> more = new TreeSet<>(are);
      more.removeAll(wanted);
      violated("numbers", "%s: missing %s, too many %s".formatted(what, missing, more));
    }
  }

  private void weights() throws IOException {
    Path links = scene.folder().links();
    for (Map.Entry<String, KnownModel> model : expected.models().entrySet()) {
      compare(model.getKey(), links.resolve(model.getKey()), model.getValue());
    }
    for (Map.Entry<String, KnownModel> checkpoint : expected.checkpoints().entrySet()) {
      String[] parts = checkpoint.getKey().split("@", 2);
      compare(
          checkpoint.getKey(),
          links.resolve(parts[0]).resolve("checkpoints").resolve("step-" + parts[1]),
          checkpoint.getValue());
    }
  }

  private void compare(String step, Path folder, KnownModel wanted) {
    try {
      wanted
          .difference(folder)
          .ifPresent(how -> violated("weights", step + " " + how + ": " + folder));
    } catch (NoSuchFileException e) {
      violated("weights", step + " is missing: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      violated("weights", step + " cannot be read: " + e);
    }
  }

  private void wholeArtifacts() throws IOException {
    scene
        .publications()
        .problems()
        .forEach(problem -> violated("verify", "when first seen, " + problem));
    for (String artifact : scene.publications().now()) {
      scene.publications().problemsOf(artifact).forEach(problem -> violated("verify", problem));
    }
  }

  private void nothingLeft() throws IOException {
    for (ProcessHandle left : Processes.left(scene.folder().path())) {
      violated(
          "left", "process %d %s".formatted(left.pid(), left.info().commandLine().orElse("?")));
    }
    Path store = scene.folder().store();
    for (String part : List.of("staging", "trash", "work/finetune", "work/evaluate")) {
      for (Path left : list(store.resolve(part))) {
        violated("left", left.toString());
      }
    }
    leftFiles(store.resolve("uses"), "\\.now-.*|.*\\.removing");
    leftFiles(store.resolve("cache"), "new-.*");
    leftFiles(scene.folder().links(), ".*\\.new-.*");
    for (int host = 0; host < scene.shape().hosts(); host++) {
      leftFiles(scene.folder().devices(host), "(?!lock$).*");
    }
    // Nothing is kept but what the series' steps have given.
    Set<Path> needed = new HashSet<>();
    for (Path link : list(scene.folder().links())) {
      needed.add(link.toRealPath());
    }
    for (String artifact : scene.publications().now()) {
      Path folder = store.resolve("artifacts").resolve(artifact).toRealPath();
      if (!needed.contains(folder)) {
        violated("left", folder + " belongs to no step");
      }
    }
  }

  private void leftFiles(Path folder, String pattern) throws IOException {
    for (Path file : list(folder)) {
      if (file.getFileName().toString().matches(pattern)) {
        violated("left", file.toString());
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private void violated(String check, String what) {
    violations.add(new Violation(check, what));
  }
}
