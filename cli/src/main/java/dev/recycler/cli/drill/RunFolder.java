package dev.recycler.cli.drill;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.drill.hub.DrillHub;
import dev.recycler.cli.drill.tool.Harness;
import dev.recycler.cli.drill.tool.TinyModel;
import dev.recycler.cli.drill.tool.Trainer;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The folder of one run: the releases, the data, the series file, the store, and what the drill and
 * its processes tell each other.
 *
 * @param path absolute
 * @param series name of the series
 */
record RunFolder(Path path, String series) {
  /** Makes the folder of a run. */
  static RunFolder make(Path path, String series) throws IOException {
    for (String part : List.of("drill/journal", "drill/orders", "drill/synced", "data")) {
      Files.createDirectories(path.resolve(part));
    }
    return new RunFolder(path, series);
  }

  Path drill() {
    return path.resolve("drill");
  }

  Path journal() {
    return drill().resolve("journal");
  }

  Path orders() {
    return drill().resolve("orders");
  }

  Path store() {
    return path.resolve("store");
  }

  Path file() {
    return path.resolve("series.yaml");
  }

  Path release(int number) {
    return path.resolve("releases").resolve("M" + number);
  }

  Path data() {
    return path.resolve("data").resolve("train.jsonl");
  }

  /** Where the workers of a host record which devices they use. */
  Path devices(int host) {
    return path.resolve("devices").resolve("host-" + host);
  }

  /** Where the store links the series' steps to their artifacts. */
  Path links() {
    return store().resolve("series").resolve(series);
  }

  /** The hub's cache of the run. */
  Path cache() {
    return path.resolve("hub-cache");
  }

  /**
   * Writes releases, data and series file.
   *
   * @return the series as the file has it, which is without a release that comes late
   */
  SeriesSpec write(StandInShape shape, RandomGenerator random, Places places) throws IOException {
    writeData(random);
    TinyModel before = null;
    for (int number = 1; number <= shape.releases(); number++) {
      TinyModel model = model(shape, before, number == 2 && shape.twins(), random);
      model.write(Files.createDirectories(release(number)));
      before = model;
    }
    return write(shape, shape.releasesAtFirst(), List.of(), places);
  }

  /**
   * Writes data and series file; the releases are there.
   *
   * @param releases how many of them the file has
   * @param more lines at its end
   */
  SeriesSpec write(StandInShape shape, int releases, List<String> more, Places places)
      throws IOException {
    Files.writeString(file(), text(shape, releases) + String.join("", more));
    return SeriesFiles.read(file(), places);
  }

  /** Writes the data to train on. */
  void writeData(RandomGenerator random) throws IOException {
    Files.writeString(data(), "{\"text\": \"%x\"}%n".formatted(random.nextLong()));
  }

  /** Adds a release to the file. */
  synchronized void addRelease(int number) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(file()));
    if (lines.contains(releaseLine(number))) {
      return;
    }
    int last = Math.max(lines.indexOf(releaseLine(number - 1)), lines.indexOf(hubLine(number - 1)));
    lines.add(last + 1, releaseLine(number));
    Files.writeString(file(), String.join("\n", lines) + "\n");
  }

  private static String hubLine(int number) {
    return "  - {name: M%d, model: \"hf://%s@M%d\"}".formatted(number, DrillHub.REPOSITORY, number);
  }

  static String releaseLine(int number) {
    return "  - {name: M%d, model: releases/M%d}".formatted(number, number);
  }

  /**
   * A model by chance.
   *
   * @param before the release before, or null
   * @param twin whether it differs from that in its tokenizer alone
   */
  static TinyModel model(
      StandInShape shape, TinyModel before, boolean twin, RandomGenerator random) {
    SortedMap<String, float[]> tensors = new TreeMap<>();
    for (int t = 0; t < shape.tensors().size(); t++) {
      float[] values = new float[shape.tensors().get(t)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      tensors.put("layer.%d.weight".formatted(t), values);
    }
    return new TinyModel(
        twin ? before.tensors() : tensors, "{\"drill\": \"%x\"}%n".formatted(random.nextLong()));
  }

  private String text(StandInShape shape, int releases) {
    List<String> lines = new ArrayList<>();
    lines.add("series: " + series);
    lines.add("store: store");
    lines.add("releases:");
    for (int number = 1; number <= releases; number++) {
      lines.add(shape.hub() ? hubLine(number) : releaseLine(number));
    }
    lines.add(
        "strategies: [%s]"
            .formatted(
                shape.strategies().stream().map(Strategy::key).collect(Collectors.joining(", "))));
    lines.add("merge: {scale: %s}".formatted(shape.scale()));
    lines.add("finetune:");
    lines.add("  trainer: command");
    lines.add("  data: data/train.jsonl");
    lines.add(
        "  arguments: {max_steps: %d, save_every: %d, pace: %d}"
            .formatted(shape.steps(), shape.saveEvery(), shape.pace()));
    lines.add("  limits: {no-progress-for: 10s, grace: 1s}");
    lines.add("  progress: \"step (?<step>[0-9]+)/(?<total>[0-9]+) loss (?<loss>[0-9.]+)\"");
    lines.add("  checkpoints: \"step-{step}\"");
    lines.add("  complete: DONE");
    lines.add(
        "  command: "
            + quoted(
                tool(Trainer.class),
                "--drill",
                drill().toString(),
                "--model",
                "{model}",
                "--data",
                "{data}",
                "--output",
                "{output}",
                "--resume={resume_from}"));
    lines.add("evaluate:");
    for (int task = 1; task <= shape.tasks(); task++) {
      lines.add("  - name: task%d".formatted(task));
      lines.add("    harness: command");
      lines.add("    task: task%d".formatted(task));
      lines.add("    metric: accuracy");
      lines.add("    of: [%s]".formatted(String.join(", ", shape.subjects())));
      lines.add("    limits: {no-progress-for: 10s, grace: 1s}");
      lines.add(
          "    command: "
              + quoted(
                  tool(Harness.class),
                  "--drill",
                  drill().toString(),
                  "--model",
                  "{model}",
                  "--task",
                  "{task}",
                  "--output",
                  "{output}",
                  "--pace",
                  Integer.toString(shape.pace() * 3)));
    }
    return String.join("\n", lines) + "\n";
  }

  private List<String> tool(Class<?> program) {
    List<String> command = new ArrayList<>(Jvm.small());
    command.add("-D" + FaultPoint.PROPERTY + "=" + drill());
    command.addAll(List.of("-cp", Jvm.toolPath(), program.getName()));
    return command;
  }

  private static String quoted(List<String> program, String... arguments) {
    List<String> words = new ArrayList<>(program);
    words.addAll(List.of(arguments));
    return words.stream()
        .map(word -> "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
