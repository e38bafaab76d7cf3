package dev.recycler.cli.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Subprocess;
import dev.recycler.cli.terminal.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Has the releases, the data and the task of a tiny series made. */
public final class MiniSeries {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Places places;
  private final Path python;
  private final Progress progress;
  private String last = "";
  private String doing = "starting Python";
  private double share = -1;
  private long firstStep;
  private double firstSeconds;

  /**
   * What is asked for.
   *
   * @param releases how many base-model releases
   * @param seed of their pretraining
   * @param size the generator's name of it
   */
  public record Wanted(int releases, long seed, String size) {}

  public MiniSeries(Places places, Path python, Progress progress) {
    this.places = places;
    this.python = python;
    this.progress = progress;
  }

  /**
   * Makes them, or finds them made.
   *
   * @param folder for them
   * @param log takes what the generator prints
   */
  public void make(Path folder, Wanted wanted, Path log) throws InterruptedException {
    progress.begin("Pretraining " + wanted.releases() + " tiny releases");
    List<String> command =
        new ArrayList<>(
            List.of(
                python.toString(),
                places.scripts().resolve("mini_series.py").toString(),
                "--out",
                folder.toString()));
    command.addAll(
        List.of(
            "--seed",
            Long.toString(wanted.seed()),
            "--releases",
            Integer.toString(wanted.releases()),
            "--size",
            wanted.size()));
    int status;
    try {
      status =
          new Subprocess(command)
              .environment(Map.of("PYTHONUNBUFFERED", "1"))
              .log(log)
              .onLine(this::follow)
              .run();
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT, "the tiny series can't be made: " + e.getMessage(), e);
    }
    if (status != 0) {
      throw new CommandFailed(
          ExitCode.FAILED, "the tiny series can't be made: " + last + ". The log is " + log);
    }
    progress.done(places.show(folder));
  }

  private void follow(String line) {
    if (line.startsWith("{")) {
      follow(event(line));
    } else if (!line.isBlank()) {
      last = line.strip();
    }
    progress.detail(share, doing);
  }

  private void follow(JsonNode event) {
    share = -1;
    switch (event.path("phase").asText()) {
      case "import" -> doing = "loading PyTorch";
      case "corpus" -> doing = "writing the corpus";
      case "tokenizer" -> doing = "training the tokenizer";
      case "save" -> doing = "saving " + event.path("release").asText();
      case "pretrain" -> {
        long step = event.path("step").asLong();
        long total = event.path("total").asLong();
        double seconds = event.path("seconds").asDouble();
        if (firstStep == 0) {
          firstStep = step;
          firstSeconds = seconds;
        }
        share = (double) step / total;
        doing = String.format("step %d of %d", step, total);
        if (step > firstStep) {
          double each = (seconds - firstSeconds) / (step - firstStep);
          doing += ", " + Durations.of(Math.ceil(each * (total - step))) + " left";
        }
      }
      default -> {}
    }
  }

  private static JsonNode event(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}
