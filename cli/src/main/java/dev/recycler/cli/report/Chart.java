package dev.recycler.cli.report;

import dev.recycler.cli.status.Scale;
import java.util.List;

/**
 * Lines with error bars, before they are drawn.
 *
 * @param id unique in the page
 * @param title what is seen, in a few words
 * @param description what a person who can't see the picture would want to know
 * @param down what the vertical axis counts
 * @param across what the horizontal axis counts
 * @param ticks where the horizontal axis has its labels
 * @param lines in the order in which they are drawn
 */
record Chart(
    String id,
    String title,
    String description,
    String down,
    String across,
    Scale scale,
    List<Tick> ticks,
    List<Line> lines) {

  /**
   * A label of the horizontal axis.
   *
   * @param drawn whether it stands there; else only the table behind the picture has it
   */
  record Tick(double at, String label, boolean drawn) {
    Tick(double at, String label) {
      this(at, label, true);
    }
  }

  /**
   * One line.
   *
   * @param straight those of the marks that a straight line is drawn between, to compare with;
   *     mostly none
   */
  record Line(ModelKind model, String label, List<Mark> marks, List<Mark> straight) {
    Line(ModelKind model, String label, List<Mark> marks) {
      this(model, label, marks, List.of());
    }
  }

  /** One score; value and error in the unit of the vertical axis. */
  record Mark(double at, double value, Double error, String label) {}

  /** The labels that stand at the axis. */
  List<Tick> drawnTicks() {
    return ticks.stream().filter(Tick::drawn).toList();
  }
}
