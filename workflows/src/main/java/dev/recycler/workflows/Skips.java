package dev.recycler.workflows;

import dev.recycler.workflows.progress.StepState;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is given up of a board's steps, with which of them, and what comes back when one is tried
 * again. A step that is given up takes along all that need it.
 */
final class Skips {
  private final Collection<Step> steps;
  private final Turns turns;
  private boolean scoresFollowTrainings;
  private boolean last;

  /** Where steps wait for their turns. */
  interface Turns {
    /** Queues a step whose needs are met. */
    void offer(Step step);

    /** Takes a step out of its queue. */
    void withdraw(Step step);
  }

  /**
   * @param steps all of the board's, now and later
   */
  Skips(Collection<Step> steps, Turns turns) {
    this.steps = steps;
    this.turns = turns;
  }

  /**
   * Has scores and the training that they are done in the middle of tried again, and given up,
   * together. Series that began before did not.
   */
  void haveScoresFollowTrainings() {
    scoresFollowTrainings = true;
  }

  boolean scoresFollowTrainings() {
    return scoresFollowTrainings;
  }

  /**
   * Has a step that is given up remember with which: it comes back with that one and with no other.
   * Series that began before brought back whatever needed no other that was given up.
   */
  void haveThemLast() {
    last = true;
  }

  boolean last() {
    return last;
  }

  /** Whether a step is done in the middle of another, in a series that has such steps follow it. */
  boolean follows(Step step, Step within) {
    return scoresFollowTrainings && within.equals(step.within());
  }

  /** Whether a step was skipped, and for none that it needs. */
  boolean isSkipped(Step step) {
    return step.state() == StepState.CANCELLED && lostNeed(step).isEmpty();
  }

  /** What a step needs and was given up. */
  private static Optional<Step> lostNeed(Step step) {
    return step.needs.stream().filter(need -> need.state() == StepState.CANCELLED).findFirst();
  }

  /** Whether nobody waits any more for what a step that runs gives. */
  boolean isGivenUp(Step step) {
    boolean withItsTraining =
        scoresFollowTrainings
            && step.within() != null
            && step.within().state() == StepState.CANCELLED;
    return (last && step.isGivenUp()) || withItsTraining;
  }

  /** Whether a step was given up with the one that it is done in the middle of, not by its name. */
  boolean isDismissed(Step step) {
    return last
        && step.state() == StepState.CANCELLED
        && step.within() != null
        && step.givenUpBy().equals(step.within().id);
  }

  /**
   * Gives up what is done in the middle of a step and is of no use any more, until that comes to it
   * again or a person wants it.
   *
   * @param why for a person
   */
  void dismiss(Step step, String why) {
    if (last && step.state() != StepState.CANCELLED) {
      giveUp(step, step.within().id);
      step.note(why);
    }
  }

  /** Gives up what is not done of what is done in the middle of a step, all but some. */
  void dismissRest(Step within, Set<String> but, String why) {
    within.neededBy.stream()
        .filter(step -> follows(step, within) && !but.contains(step.id))
        .filter(step -> step.state() != StepState.DONE)
        .forEach(step -> dismiss(step, why));
  }

  /**
   * Gives up a step and all that need it; returns how many.
   *
   * @param with id of the step that it is given up with, or null where by its own name
   */
  int giveUp(Step step, String with) {
    step.giveUp(with);
    int count = 1 + giveUpNeeding(step);
    if (step.state() == StepState.RUNNING) {
      // Over when its processes have ended.
      step.cancel();
    } else {
      turns.withdraw(step);
      step.cancelled(now());
    }
    return count;
  }

  /** Gives up what needs a step that is given up; returns how many. */
  int giveUpNeeding(Step step) {
    int count = 0;
    for (Step needing : step.neededBy) {
      if (goesWith(step, needing)) {
        count += giveUp(needing, step.givenUpBy());
      }
    }
    return count;
  }

  private boolean goesWith(Step step, Step needing) {
    return switch (needing.state()) {
      case WAITING -> true;
      case FAILED -> last || follows(needing, step);
      case RUNNING -> last && follows(needing, step) && !needing.isGivenUp();
      case DONE, CANCELLED -> false;
    };
  }

  /** Gives up a step where one that it needs is. */
  void giveUpWithItsNeeds(Step step) {
    lostNeed(step).ifPresent(need -> giveUp(step, need.givenUpBy()));
  }

  /** Tries a step again, and what was given up with it. */
  void tryAgain(Step step) {
    List<String> names = List.of(step.id, step.givenUpBy());
    bringBack(step, names);
    if (last) {
      // What was given up with it, and needs another, too, that is so still, comes back with that.
      steps.stream()
          .filter(other -> other.state() == StepState.CANCELLED)
          .filter(other -> names.contains(other.givenUpBy()) && !other.id.equals(other.givenUpBy()))
          .forEach(other -> lostNeed(other).ifPresent(need -> other.giveUp(need.givenUpBy())));
      giveUpWithItsNeeds(step);
    }
  }

  /**
   * @param names of the steps that are taken back, by which others were given up
   */
  private void bringBack(Step step, List<String> names) {
    step.tryAgain();
    if (scoresFollowTrainings
        && step.within() != null
        && step.within().state() == StepState.FAILED) {
      tryAgain(step.within());
    }
    step.neededBy.stream()
        .filter(needing -> comesBackWith(step, needing, names))
        .forEach(needing -> bringBack(needing, names));
    turns.offer(step);
  }

  private boolean comesBackWith(Step step, Step needing, List<String> names) {
    if (needing.state() == StepState.FAILED) {
      return follows(needing, step);
    } else if (last) {
      return isSkipped(needing) && names.contains(needing.givenUpBy());
    }
    // A score that was skipped within it stays so, for it may be what it had failed for.
    return isSkipped(needing) && !follows(needing, step);
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
