package dev.recycler.workflows.activity;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.spec.NotifySpec;
import io.temporal.activity.ActivityInterface;
import java.util.List;
import java.util.Objects;

/** Tells people elsewhere what happened to a series. No step: nothing depends on it. */
@ActivityInterface
public interface Notices {
  /** Sends a notice to one webhook; fails where nobody takes it. */
  void send(NoticeInput input);

  /** Input of {@link #send}. */
  record NoticeInput(NotifySpec to, Notice notice) {}

  /**
   * What happened.
   *
   * @param series name of the series
   * @param event which news
   * @param sentence what happened, for a person
   * @param steps the steps it is about, the first few of them
   * @param next the command to type, or null where none is needed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Notice(
      String series, NotifySpec.News event, String sentence, List<String> steps, String next) {
    public Notice {
      Objects.requireNonNull(series, "series");
      Objects.requireNonNull(event, "event");
      Objects.requireNonNull(sentence, "sentence");
      steps = List.copyOf(steps);
    }
  }
}
