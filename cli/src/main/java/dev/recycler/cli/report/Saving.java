package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.status.Scale;
import java.util.Locale;

/**
 * What a merged start saved against plain fine-tuning of the same release, at an equal score: how
 * early it first scored what plain fine-tuning ended with. What earlier releases' fine-tunings cost
 * is spent by then and not counted.
 *
 * @param evaluation name in the series file
 * @param release name of the release
 * @param label what the merged start ends as, e.g. {@code FT(M5 + Δiter)}
 * @param target the score that plain fine-tuning ended with
 * @param reached the first score that is as good or better, or null where none is
 * @param steps its steps of this release's fine-tuning, 0 for the merged model itself; or null
 * @param plainSteps those of plain fine-tuning
 * @param gpuSecondsSaved by the average cost of a step of each, negative where it cost more; null
 *     where a cost is not known or the score was not reached
 * @param verdict the score that is as good against the target
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Saving(
    String evaluation,
    String release,
    String label,
    double target,
    Double reached,
    Long steps,
    long plainSteps,
    Double gpuSecondsSaved,
    Gain.Verdict verdict) {
  /** In a sentence's words. */
  String text(Scale scale) {
    String goal = scale.text(target);
    if (steps == null) {
      return "%s: %s does not reach the %s of FT(%s) at any scored step"
          .formatted(evaluation, label, goal, release);
    }
    String hours =
        gpuSecondsSaved == null
            ? ""
            : ", %s GPU-hours %s"
                .formatted(
                    GpuHours.of(Math.abs(gpuSecondsSaved)), gpuSecondsSaved < 0 ? "more" : "saved");
    String noise =
        switch (verdict) {
          case BETTER -> "";
          case WITHIN_NOISE, WORSE -> ", within noise";
          case NOT_JUDGED -> ", noise not known";
        };
    return String.format(
        Locale.ROOT,
        "%s: %s has the %s of FT(%s) after %,d of %,d steps (%s%s)%s",
        evaluation,
        label,
        goal,
        release,
        steps,
        plainSteps,
        scale.text(reached),
        noise,
        hours);
  }
}
