package dev.recycler.activities.training;

import dev.recycler.activities.process.ProgressBar;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a trainer is, from the lines of its log: the progress bar without a name is the training's
 * ({@code 70%|███ | 42/60 [00:01<00:00, 33.6it/s]}), and each logging step prints a dictionary
 * ({@code {'loss': '1.549', 'learning_rate': '0.0008', …}}).
 */
final class TrainingLog {
  private static final Pattern LOSS = entry("loss");
  private static final Pattern LEARNING_RATE = entry("learning_rate");
  private static final Pattern RUN_URL =
      Pattern.compile("View (?:run|project).* at:? (https?://\\S+)");

  private ProgressBar bar = new ProgressBar("", 0, 0, null);
  private Double loss;
  private Double learningRate;
  private Long notANumberAt;
  private String url;

  private static Pattern entry(String name) {
    return Pattern.compile("[{ ,]'" + name + "': '?([-+0-9.eE]+|nan|-?inf)'?[,}]");
  }

  void accept(String line) {
    Optional<ProgressBar> seen = ProgressBar.parse(line).filter(any -> any.name().isEmpty());
    if (seen.isPresent()) {
      bar = seen.get();
      return;
    }
    Double newLoss = find(LOSS, line);
    if (newLoss != null) {
      loss = newLoss;
      if (!Double.isFinite(newLoss) && notANumberAt == null) {
        notANumberAt = bar.done();
      }
    }
    Double newRate = find(LEARNING_RATE, line);
    if (newRate != null) {
      learningRate = newRate;
    }
    Matcher run = RUN_URL.matcher(line);
    if (run.find()) {
      url = run.group(1);
    }
  }

  private static Double find(Pattern entry, String line) {
    Matcher found = entry.matcher(line);
    if (!found.find()) {
      return null;
    }
    return switch (found.group(1)) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.valueOf(found.group(1));
    };
  }

  long step() {
    return bar.done();
  }

  /** Steps in all, or 0 where not yet known. */
  long total() {
    return bar.total();
  }

  Double loss() {
    return loss;
  }

  Double learningRate() {
    return learningRate;
  }

  Double stepsPerSecond() {
    return bar.perSecond();
  }

  Double secondsLeft() {
    return bar.secondsLeft();
  }

  /** About the step at which the loss stopped being a finite number, or null. */
  Long notANumberAt() {
    return notANumberAt;
  }

  /** Where the run can be watched, or null. */
  String url() {
    return url;
  }
}
