package dev.recycler.activities.process;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A progress bar as {@code tqdm} draws it: {@code NAME: 70%|███ | 42/60 [00:01<00:00, 33.6it/s]}.
 *
 * @param name what stands before the percentage, without the colon; often empty
 * @param done units done
 * @param total units in all
 * @param perSecond speed, or null where it shows none yet
 */
public record ProgressBar(String name, long done, long total, Double perSecond) {
  private static final Pattern BAR =
      Pattern.compile(
          "^(.*?):? *[0-9]+%\\|[^|]*\\| *([0-9]+)/([0-9]+)"
              + " \\[[^,\\]]*(?:, *([0-9.]+)(it/s|s/it))?.*");

  /** The bar in a line of a log. */
  public static Optional<ProgressBar> parse(String line) {
    Matcher bar = BAR.matcher(line);
    if (!bar.matches()) {
      return Optional.empty();
    }
    Double speed = null;
    if (bar.group(4) != null) {
      double figure = Double.parseDouble(bar.group(4));
      if (bar.group(5).equals("it/s")) {
        speed = figure;
      } else if (figure > 0) {
        speed = 1 / figure;
      }
    }
    return Optional.of(
        new ProgressBar(
            bar.group(1), Long.parseLong(bar.group(2)), Long.parseLong(bar.group(3)), speed));
  }

  /** Estimate of the time left, or null. */
  public Double secondsLeft() {
    return perSecond == null || perSecond == 0 ? null : (total - done) / perSecond;
  }
}
