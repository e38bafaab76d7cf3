package dev.recycler.activities.training;

import dev.recycler.activities.process.ProgressBar;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a trainer is, from the lines of its log. Of TRL and open-instruct: the progress bar without
 * a name is the training's ({@code 70%|███ | 42/60 [00:01<00:00, 33.6it/s]}), and a logging step
 * prints a dictionary ({@code {'loss': '1.549', 'learning_rate': '0.0008', …}}) or {@code Step: 42,
 * LR: 0.0008, Loss: 1.549, TPS: …}. Of the user's own programs: what a regular expression finds.
 */
final class TrainingLog {
  private static final Pattern LOSS = entry("loss");
  private static final Pattern LEARNING_RATE = entry("learning_rate");
  private static final Pattern STEP_LINE =
      Pattern.compile("Step: ([0-9]+), LR: (\\S+), Loss: (\\S+?)(?:,.*)?$");

  private final Pattern own;
  private ProgressBar bar = new ProgressBar("", 0, 0, null);
  private Double loss;
  private Double learningRate;
  private Long notANumberAt;

  private TrainingLog(Pattern own) {
    this.own = own;
  }

  /** For trainers that draw progress bars. */
  static TrainingLog ofBars() {
    return new TrainingLog(null);
  }

  /**
   * For a program of the user's own.
   *
   * @param progress with the named group {@code step} and perhaps {@code total}, {@code loss} and
   *     {@code rate}; what a line does not tell stays as it was
   */
  static TrainingLog of(Pattern progress) {
    return new TrainingLog(progress);
  }

  private static Pattern entry(String name) {
    return Pattern.compile("[{ ,]'" + name + "': '?([-+0-9.eE]+|nan|-?inf)'?[,}]");
  }

  void accept(String line) {
    Optional<ProgressBar> seen =
        own != null
            ? Optional.empty()
            : ProgressBar.parse(line).filter(any -> any.name().isEmpty());
    if (seen.isPresent()) {
      bar = seen.get();
      return;
    }
    if (own != null) {
      Matcher found = own.matcher(line);
      if (found.find()) {
        bar =
            new ProgressBar(
                "",
                whole(group(found, "step"), bar.done()),
                whole(group(found, "total"), bar.total()),
                null);
        lossIs(number(group(found, "loss")));
        rateIs(number(group(found, "rate")));
      }
      return;
    }
    lossIs(find(LOSS, line));
    rateIs(find(LEARNING_RATE, line));
    Matcher step = STEP_LINE.matcher(line);
    if (step.find()) {
      rateIs(number(step.group(2)));
      lossIs(number(step.group(3)));
    }
  }

  private void lossIs(Double value) {
    if (value != null) {
      loss = value;
      if (!Double.isFinite(value) && notANumberAt == null) {
        notANumberAt = bar.done();
      }
    }
  }

  private void rateIs(Double value) {
    if (value != null) {
      learningRate = value;
    }
  }

  private static String group(Matcher found, String name) {
    return found.namedGroups().containsKey(name) ? found.group(name) : null;
  }

  private static long whole(String text, long otherwise) {
    return text == null || !text.matches("[0-9]{1,18}") ? otherwise : Long.parseLong(text);
  }

  private static Double number(String text) {
    if (text == null) {
      return null;
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default ->
          text.matches("[-+]?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?") ? Double.valueOf(text) : null;
    };
  }

  private static Double find(Pattern entry, String line) {
    Matcher found = entry.matcher(line);
    return found.find() ? number(found.group(1)) : null;
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
}
