package dev.recycler.cli.drill;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Does what the message of a series that stands and waits tells a person to do. */
final class Operator {
  /** How often a series may stand and wait for a person, for each fault that it has met. */
  private static final int MOST_STANDS = 4;

  private static final Pattern COMMAND = Pattern.compile("`recycler ([^`]+)`");

  private final Scene scene;
  private final int faults;
  private int stands;

  /**
   * @param faults how many the series is to meet
   */
  Operator(Scene scene, int faults) {
    this.scene = scene;
    this.faults = faults;
  }

  /** How often it stood. */
  int stands() {
    return stands;
  }

  /** Whether nothing goes on before somebody acts; a pause of the drill ends by itself. */
  static boolean stands(SeriesProgress progress, boolean faultsToCome) {
    boolean paused = progress.message() != null && progress.message().startsWith("paused");
    return progress.state() == SeriesState.FAILED || (paused && !faultsToCome);
  }

  /** The series stands: what its message says must be of help. */
  Optional<Violation> obey(SeriesProgress progress) throws IOException, InterruptedException {
    String message = String.valueOf(progress.message());
    scene.timeLine().add("the series stands: " + message);
    Matcher command = COMMAND.matcher(message);
    if (!command.find()) {
      return Optional.of(
          new Violation("stands", "the series stands, and names no command: " + message));
    }
    if (++stands > MOST_STANDS * Math.max(1, faults)) {
      return Optional.of(
          new Violation("stands", "doing what the message says does not help: " + message));
    }
    scene.commands().ask(command.group(1).split(" ", -1));
    return Optional.empty();
  }
}
