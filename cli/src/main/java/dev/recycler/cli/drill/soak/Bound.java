package dev.recycler.cli.drill.soak;

/** What a figure may do while a soak runs. */
sealed interface Bound {
  /** Anything: it is shown. */
  Bound NONE = new Free();

  record Free() implements Bound {}

  /** Never more than this. */
  record AtMost(double most) implements Bound {}

  /**
   * Within the second half of the soak it grows by no more than {@code share} of its median there
   * and {@code slack}.
   */
  record Level(double share, double slack) implements Growing {
    @Override
    public Level level() {
      return this;
    }
  }

  /** What is made of the figure is level. */
  sealed interface Growing extends Bound {
    Level level();
  }

  /** What falls to one finished release is level. */
  record PerRelease(Level level) implements Growing {}

  /** What is there beyond so much for each finished release is level. */
  record Beyond(double each, Level level) implements Growing {}

  static Bound atMost(double most) {
    return new AtMost(most);
  }

  static Bound level(double share, double slack) {
    return new Level(share, slack);
  }

  static Bound perRelease(double share, double slack) {
    return new PerRelease(new Level(share, slack));
  }

  static Bound beyond(double each, double share, double slack) {
    return new Beyond(each, new Level(share, slack));
  }
}
