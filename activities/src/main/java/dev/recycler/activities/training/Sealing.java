package dev.recycler.activities.training;

import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.training.Checkpoints.Saved;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals the states of one training as they are saved, on a thread of its own: a large one is read
 * for minutes, and the step's signs of life must not wait for that.
 */
final class Sealing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

  private final Trainer trainer;
  private final Set<Long> looked = new HashSet<>();
  private volatile boolean closed;
  private Thread reading;

  Sealing(Trainer trainer) {
    this.trainer = trainer;
  }

  /** Seals what is new; returns at once. */
  void look(Attempt attempt) throws IOException {
    Long newest = trainer.checkpoints(attempt.output()).newest();
    if (newest == null || looked.contains(newest) || (reading != null && reading.isAlive())) {
      return;
    }
    looked.add(newest);
    reading = Thread.ofPlatform().daemon().name("checkpoint-seal").start(() -> sealAll(attempt));
  }

  private void sealAll(Attempt attempt) {
    CheckpointSeals seals = CheckpointSeals.beside(attempt.output());
    try {
      for (Saved saved : trainer.checkpoints(attempt.output()).all()) {
        if (saved.isWhole() && !seals.has(saved.step())) {
          seals.put(saved, this::requireOpen);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // Without a seal a checkpoint is taken as it is.
      LOG.warn("a checkpoint in {} gets no checksums: {}", attempt.output(), e.getMessage());
    } catch (Closed e) {
      // The training is over.
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new Closed();
    }
  }

  /** Ends the reading. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    while (reading != null && reading.isAlive()) {
      try {
        reading.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Closed extends RuntimeException {
    Closed() {
      super(null, null, false, false);
    }
  }
}
