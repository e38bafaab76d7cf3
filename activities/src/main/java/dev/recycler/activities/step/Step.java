package dev.recycler.activities.step;

import java.io.IOException;
import java.util.Optional;

/**
 * The work of one kind of step.
 *
 * @param <I> its input
 * @param <O> its result
 */
@FunctionalInterface
public interface Step<I, O> {
  /**
   * Does the work, or finds it done in the store.
   *
   * @throws StepFailed where it cannot be done
   * @throws StepInterrupted where it must end before it is done
   * @throws IOException where this machine fails to read or write
   */
  O run(I input, StepMonitor monitor) throws IOException, InterruptedException;

  /**
   * The result where the store has it; nothing where it has not, or where no result is kept. No
   * work is done for it, and no device used.
   *
   * @throws IOException where this machine fails to read
   */
  default Optional<O> find(I input, StepMonitor monitor) throws IOException {
    return Optional.empty();
  }
}
