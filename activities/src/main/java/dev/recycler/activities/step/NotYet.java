package dev.recycler.activities.step;

import java.time.Duration;

/** There is nothing to do for a step so far; it is to be asked again, and has not failed. */
public final class NotYet extends RuntimeException {
  private final Duration again;

  /**
   * Nothing so far.
   *
   * @param again when to ask again
   */
  public NotYet(String why, Duration again) {
    super(why);
    this.again = again;
  }

  public Duration again() {
    return again;
  }
}
