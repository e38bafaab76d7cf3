package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * One model's score, or why there is none.
 *
 * @param state whether there is a score, or why not
 * @param step id of the evaluation step, or null where none was asked for
 * @param value as the harness gives it, or null
 * @param standardError of the value, or null where there is none
 * @param examples how many examples were scored, or null
 * @param cumulativeSteps all the fine-tuning steps that this model has been through, on this and on
 *     earlier releases; null while one of those fine-tunings is not done
 * @param resultsFile the harness's own file that holds the value
 * @param model folder of the scored model
 * @param best true where it is the best of its column beyond the noise
 * @param sameAs a row further up that has the same model here, or null
 * @param reused true where the score was in the store already
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Cell(
    State state,
    String step,
    Double value,
    Double standardError,
    Long examples,
    Long cumulativeSteps,
    String resultsFile,
    String model,
    boolean best,
    ModelKind sameAs,
    boolean reused) {
  /** Whether there is a score, or why not. */
  public enum State {
    SCORED(""),
    RUNNING("running"),
    WAITING("waiting"),
    /** Waits for a step that has failed or was cancelled. */
    BLOCKED("blocked"),
    FAILED("failed"),
    CANCELLED("cancelled"),
    /** The series file does not ask for it. */
    NOT_ASKED("not asked"),
    /** The first release has nothing to recycle. */
    NO_MODEL("–");

    private final String word;

    State(String word) {
      this.word = word;
    }

    /** What stands in the place of a score. */
    public String word() {
      return word;
    }

    /** The name in JSON and CSV. */
    @JsonValue
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Cell gap(State state, String step) {
    return new Cell(state, step, null, null, null, null, null, null, false, null, false);
  }

  /** Whether the series file asks for such a score, and there is a model to be scored. */
  boolean saysSomething() {
    return state != State.NOT_ASKED && state != State.NO_MODEL;
  }

  boolean scored() {
    return state == State.SCORED;
  }

  /** Whether the value can be compared: a finite number. */
  boolean comparable() {
    return scored() && Double.isFinite(value);
  }

  Cell marked(boolean best, ModelKind sameAs) {
    return new Cell(
        state,
        step,
        value,
        standardError,
        examples,
        cumulativeSteps,
        resultsFile,
        model,
        best,
        sameAs,
        reused);
  }
}
