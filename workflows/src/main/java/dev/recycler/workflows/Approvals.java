package dev.recycler.workflows;

import dev.recycler.workflows.StepResult.Decided;
import dev.recycler.workflows.progress.StepState;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.LinkedHashMap;
import java.util.Map;

/** The gates at which a person is waited for. */
final class Approvals {
  private final Map<String, CompletablePromise<Decided>> asked = new LinkedHashMap<>();

  /** Waits for a person's word; called in the step's own cancellation scope. */
  Promise<Decided> ask(String step) {
    CompletablePromise<Decided> answer = Workflow.newPromise();
    asked.put(step, answer);
    CancellationScope.current()
        .getCancellationRequest()
        .thenApply(
            reason -> {
              answer.completeExceptionally(new CanceledFailure(reason));
              return null;
            });
    return answer;
  }

  boolean waits(Step step) {
    CompletablePromise<Decided> answer = asked.get(step.id);
    return step.state() == StepState.RUNNING && answer != null && !answer.isCompleted();
  }

  void approve(Step step, String why) {
    asked.get(step.id).complete(new Decided(true, why));
  }
}
