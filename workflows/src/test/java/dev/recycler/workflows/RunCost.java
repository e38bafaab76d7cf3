package dev.recycler.workflows;

import com.google.protobuf.Timestamp;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run of a workflow cost, as its history tells.
 *
 * @param events how many the history has
 * @param bytes of the whole history
 * @param first bytes of the first event, which carries what the run began with
 * @param last bytes of the last event, which carries what the next run begins with, or the result
 * @param tasks how long each workflow task took, from its start by a worker to its answer
 * @param steps how long each step took, from the workflow's asking for it to the result in the
 *     history: with steps that do nothing, all of it is overhead and waiting for a free worker
 */
record RunCost(
    int events, long bytes, long first, long last, List<Duration> tasks, List<Duration> steps) {
  static RunCost of(History history) {
    Map<Long, HistoryEvent> byId = new HashMap<>();
    List<Duration> tasks = new ArrayList<>();
    List<Duration> steps = new ArrayList<>();
    for (HistoryEvent event : history.getEventsList()) {
      byId.put(event.getEventId(), event);
      if (event.hasWorkflowTaskCompletedEventAttributes()) {
        long started = event.getWorkflowTaskCompletedEventAttributes().getStartedEventId();
        // The in-process test server does not say which task was completed.
        if (byId.containsKey(started)) {
          tasks.add(between(byId.get(started), event));
        }
      } else if (event.hasActivityTaskCompletedEventAttributes()) {
        long asked = event.getActivityTaskCompletedEventAttributes().getScheduledEventId();
        steps.add(between(byId.get(asked), event));
      }
    }
    return new RunCost(
        history.getEventsCount(),
        history.getSerializedSize(),
        history.getEvents(0).getSerializedSize(),
        history.getEvents(history.getEventsCount() - 1).getSerializedSize(),
        tasks.stream().sorted().toList(),
        steps.stream().sorted().toList());
  }

  private static Duration between(HistoryEvent from, HistoryEvent to) {
    return Duration.between(time(from), time(to));
  }

  private static Instant time(HistoryEvent event) {
    Timestamp time = event.getEventTime();
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  @Override
  public String toString() {
    return "%d events, %d KB, the first event %d KB, the last %d KB; %d workflow tasks, %s; %d steps, %s"
        .formatted(
            events,
            bytes / 1024,
            first / 1024,
            last / 1024,
            tasks.size(),
            times(tasks),
            steps.size(),
            times(steps));
  }

  private static String times(List<Duration> sorted) {
    return sorted.isEmpty()
        ? "none"
        : "median %d ms, 95%% under %d ms, longest %d ms"
            .formatted(
                sorted.get(sorted.size() / 2).toMillis(),
                sorted.get(sorted.size() * 95 / 100).toMillis(),
                sorted.getLast().toMillis());
  }
}
