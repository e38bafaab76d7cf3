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
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SeriesInput(SeriesSpec spec, List<EndedStep> ended) {
  public SeriesInput {
    Objects.requireNonNull(spec, "spec");
    ended = ended == null ? List.of() : List.copyOf(ended);
  }

  /** The input of a series that has not begun. */
  public static SeriesInput of(SeriesSpec spec) {
    return new SeriesInput(spec, List.of());
  }
}
