package dev.recycler.workflows;

import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;

/** What the runs of a workflow left on a server. */
final class Histories {
  private Histories() {}

  /** Id of the run that a run goes on from, or an empty string. */
  static String runBefore(WorkflowExecutionHistory history) {
    return history
        .getHistory()
        .getEvents(0)
        .getWorkflowExecutionStartedEventAttributes()
        .getContinuedExecutionRunId();
  }

  /**
   * A history with each update where the workflow heard of it. The in-process test server delivers
   * an update behind the event that scheduled its workflow task, and writes down that it came right
   * before the task began. Events may lie between the two, and a replay then takes the update after
   * them. The histories of a real server need no mending.
   */
  static WorkflowExecutionHistory asDelivered(WorkflowExecutionHistory recorded) {
    History.Builder history = recorded.getHistory().toBuilder();
    long scheduled = 0;
    long ofCompleted = 0;
    for (HistoryEvent.Builder event : history.getEventsBuilderList()) {
      if (event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) {
        scheduled = event.getEventId();
      } else if (event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
        ofCompleted = scheduled;
      } else if (event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) {
        event
            .getWorkflowExecutionUpdateAcceptedEventAttributesBuilder()
            .setAcceptedRequestSequencingEventId(ofCompleted);
      }
    }
    return new WorkflowExecutionHistory(
        history.build(), recorded.getWorkflowExecution().getWorkflowId());
  }
}
