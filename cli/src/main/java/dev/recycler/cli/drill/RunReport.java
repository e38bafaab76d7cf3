package dev.recycler.cli.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The {@code timeline.txt} of a run: what was planned, what happened, and what came of it. */
final class RunReport {
  private final DrillRun.Plan plan;

  RunReport(DrillRun.Plan plan) {
    this.plan = plan;
  }

  Path file() {
    return plan.folder().path().resolve("timeline.txt");
  }

  /**
   * Writes it.
   *
   * @param happened in order
   * @param verdict how the run ended, line by line
   */
  void write(List<String> happened, List<String> verdict) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# seed " + plan.seed() + ": " + plan.shape().text());
    lines.add("# faults, each after so many trained steps: " + plan.schedule().text());
    steps().forEach(step -> lines.add("# " + step));
    lines.addAll(happened);
    verdict.forEach(line -> lines.add("# " + line));
    Files.write(file(), lines);
  }

  /** {@code STEP is OPERATION/FINGERPRINT}: processes know the fingerprints only. */
  private List<String> steps() throws IOException {
    Path links = plan.folder().links();
    try (Stream<Path> entries = Files.list(links)) {
      List<String> steps = new ArrayList<>();
      for (Path link : entries.filter(Files::isSymbolicLink).sorted().toList()) {
        Path artifact = Files.readSymbolicLink(link);
        steps.add(
            link.getFileName()
                + " is "
                + artifact.getParent().getFileName()
                + "/"
                + artifact.getFileName());
      }
      return steps;
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
