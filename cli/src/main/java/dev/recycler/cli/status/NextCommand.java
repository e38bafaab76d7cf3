package dev.recycler.cli.status;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.util.Comparator;
import java.util.Optional;

/**
 * What a person would type next.
 *
 * @param line the command
 * @param purpose what it does, a few words
 */
record NextCommand(String line, String purpose) {
  static NextCommand of(SeriesProgress progress) {
    String series = progress.spec().series();
    NextCommand resume =
        new NextCommand("recycler resume " + series, "once mended, try what failed again");
    if (progress.state() == SeriesState.RUNNING) {
      if (progress.steps().stream().anyMatch(step -> step.state() == StepState.FAILED)) {
        return resume;
      }
      Optional<String> gate = Standings.gate(progress);
      if (gate.isPresent()) {
        return new NextCommand("recycler approve " + series + " " + gate.get(), "let it go on");
      } else if (progress.message() != null) {
        // A running series in which nothing failed needs a person only where it is paused.
        return new NextCommand("recycler resume " + series, "go on");
      }
    }
    return switch (progress.state()) {
      case RUNNING ->
          progress.steps().stream()
              .filter(step -> step.state() == StepState.RUNNING)
              .min(Comparator.comparing(step -> step.kind() != StepKind.FINETUNE))
              .map(StepProgress::id)
              .map(id -> new NextCommand("recycler logs " + series + " " + id + " -f", "watch it"))
              .orElse(new NextCommand("recycler status " + series + " --watch", "follow it"));
      case FAILED -> resume;
      case FINISHED, WATCHING -> new NextCommand("recycler report " + series, "see the scores");
      case CANCELLED -> new NextCommand("recycler report " + series, "see what was reached");
    };
  }
}
