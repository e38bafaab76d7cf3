package dev.recycler.cli.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Subprocess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Has the releases, the data and the task of a quickstart made. */
final class MiniSeries {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Places places;
  private final Path python;
  private final Progress progress;
  private String last = "";
  private String doing = "starting Python";

  MiniSeries(Places places, Path python, Progress progress) {
    this.places = places;
    this.python = python;
    this.progress = progress;
  }

  /**
   * Makes them, or finds them made.
   *
   * @param log takes what the generator prints
   */
  void make(QuickstartHome home, Parameters parameters, Path log) throws InterruptedException {
    progress.begin("Pretraining " + parameters.releases() + " releases of a tiny base model");
    List<String> command =
        new ArrayList<>(
            List.of(
                python.toString(),
                places.scripts().resolve("mini_series.py").toString(),
                "--out",
                home.miniSeries().toString()));
    command.addAll(
        List.of(
            "--seed",
            Long.toString(parameters.seed()),
            "--releases",
            Integer.toString(parameters.releases()),
            "--size",
            parameters.size()));
    int status;
    try {
      status =
          new Subprocess(command)
              .environment(Map.of("PYTHONUNBUFFERED", "1", "PYTHONDONTWRITEBYTECODE", "1"))
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
    progress.done(places.show(home.miniSeries()));
  }

  private void follow(String line) {
    if (!line.isBlank()) {
      if (line.startsWith("{")) {
        doing = words(line);
      } else {
        last = line.strip();
      }
    }
    progress.detail(doing);
  }

  private String words(String line) {
    JsonNode event;
    try {
      event = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return doing;
    }
    long total = event.path("total").asLong();
    return switch (event.path("phase").asText()) {
      case "import" -> "loading PyTorch";
      case "corpus" -> "writing the corpus";
      case "tokenizer" -> "training the tokenizer";
      case "pretrain" ->
          total == 0
              ? "training"
              : String.format(
                  Locale.ROOT,
                  "step %d of %d, loss %.2f%s",
                  event.path("step").asLong(),
                  total,
                  event.path("loss").asDouble(),
                  left(event));
      case "save" -> "saving " + event.path("release").asText();
      default -> doing;
    };
  }

  private double firstStepAt = -1;
  private long firstStep;

  private String left(JsonNode event) {
    double seconds = event.path("seconds").asDouble();
    long step = event.path("step").asLong();
    if (firstStepAt < 0) {
      firstStepAt = seconds;
      firstStep = step;
    }
    if (step - firstStep < 10) {
      return "";
    }
    double each = (seconds - firstStepAt) / (step - firstStep);
    return String.format(
        Locale.ROOT, ", %.0f s left,", each * (event.path("total").asLong() - step));
  }
}
