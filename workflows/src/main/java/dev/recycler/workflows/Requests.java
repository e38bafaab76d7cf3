package dev.recycler.workflows;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.HubModel;
import dev.recycler.workflows.spec.Nearest;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What people may ask of a running series. */
final class Requests {
  private Requests() {}

  /** Refuses a request in words. */
  static void check(boolean good, String refusal) {
    if (!good) {
      throw ApplicationFailure.newNonRetryableFailure(refusal, FailureKind.USER.name());
    }
  }

  /** Refuses a step that the series does not have. */
  static void checkStep(SeriesSpec spec, StepBoard steps, String step) {
    if (!steps.has(step)) {
      String meant = Nearest.to(step, steps.ids()).map("; did you mean %s?"::formatted).orElse("");
      check(false, "series %s has no step %s%s".formatted(spec.series(), step, meant));
    }
  }

  /** Refuses a release that a series file could not have either. */
  static void checkRelease(SeriesSpec spec, Release release) {
    check(
        release.name().matches(Release.NAME),
        "\"%s\" is not a name; use up to 64 letters, digits, _ and -, the first a letter or digit"
            .formatted(release.name()));
    if (HubModel.isMeant(release.model())) {
      HubModel.problem(release.model()).ifPresent(problem -> check(false, problem));
    } else {
      check(
          release.model().startsWith("/"),
          "%s is not an absolute path; give the model's folder from the root"
              .formatted(release.model()));
    }
    for (Release known : Stream.concat(spec.releases().stream(), spec.models().stream()).toList()) {
      check(
          !known.name().equals(release.name()),
          "series %s has a release %s already; give another name"
              .formatted(spec.series(), known.name()));
      check(
          !known.model().equals(release.model()),
          "%s is release %s already; give another model".formatted(known.model(), known.name()));
    }
  }

  /** Refuses a file that is no correction of a running series. */
  static void checkCorrection(SeriesSpec running, SeriesSpec file) {
    check(
        running.series().equals(file.series()),
        "the file is of series %s, not of %s; give the file of this series"
            .formatted(file.series(), running.series()));
    check(
        running.store().equals(file.store()),
        "the store of series %s is %s and can't be changed while it runs; cancel it and start the"
                .formatted(running.series(), running.store())
            + " new file");
    check(
        !running.equals(file),
        "the file changes nothing: series %s runs as it says".formatted(running.series()));
  }

  /** The series with one more release, the newest. */
  static SeriesSpec with(SeriesSpec spec, Release release) {
    List<Release> releases = new ArrayList<>(spec.releases());
    releases.add(release);
    return spec.withReleases(releases);
  }
}
