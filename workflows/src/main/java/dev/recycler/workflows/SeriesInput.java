package dev.recycler.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.spec.SeriesSpec;
import java.util.List;
import java.util.Objects;

/**
 * What a series workflow starts with.
 *
 * @param spec what was asked for
 * @param ended the steps that ended in the workflow's runs before this one; none at the start
 * @param paused whether a person has paused the series
 * @param mostEvents how many events of history one run may take before the next goes on from where
 *     it stands, or 0 for as many as the server finds good
 * @param told what the workflow's runs before this one have told the webhooks and need not again
 * @param silence seconds after which a worker that is not heard of is taken for lost, or 0 for the
 *     usual time
 * @param seen the checkpoints that the workflow's runs before this one have seen of trainings that
 *     may be stopped
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record SeriesInput(
    SeriesSpec spec,
    List<EndedStep> ended,
    boolean paused,
    int mostEvents,
    List<String> told,
    int silence,
    List<SeenCheckpoints> seen) {
  public SeriesInput {
    Objects.requireNonNull(spec, "spec");
    ended = ended == null ? List.of() : List.copyOf(ended);
    told = told == null ? List.of() : List.copyOf(told);
    seen = seen == null ? List.of() : List.copyOf(seen);
  }

  /** Of a series of whose trainings no checkpoint was seen. */
  public SeriesInput(
      SeriesSpec spec,
      List<EndedStep> ended,
      boolean paused,
      int mostEvents,
      List<String> told,
      int silence) {
    this(spec, ended, paused, mostEvents, told, silence, List.of());
  }

  /** The input of a series that has not begun. */
  public static SeriesInput of(SeriesSpec spec) {
    return new SeriesInput(spec, List.of(), false, 0, List.of(), 0);
  }
}
