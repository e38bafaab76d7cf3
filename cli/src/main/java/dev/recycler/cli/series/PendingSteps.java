package dev.recycler.cli.series;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.util.Timestamps;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.payload.SeriesPayloads;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.common.converter.DataConverter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The heartbeats of the activities that a workflow waits for. */
final class PendingSteps {
  /** An activity adds bookkeeping of its own to what the step says. */
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Steps are heard of every few seconds. */
  private static final Duration LONG = Duration.ofSeconds(20);

  private PendingSteps() {}

  /** Learns how to read heartbeats, ahead of the first. */
  static void prepareToRead() {
    SeriesPayloads.prepareToRead(JsonNode.class);
    JSON.readerFor(Heartbeat.class);
  }

  /** The last heartbeat of each, by the step's id; those without one are left out. */
  static Map<String, Heartbeat> of(
      DescribeWorkflowExecutionResponse description, DataConverter converter) {
    Map<String, Heartbeat> steps = new LinkedHashMap<>();
    for (PendingActivityInfo activity : description.getPendingActivitiesList()) {
      heartbeat(activity, converter).ifPresent(heartbeat -> steps.put(heartbeat.step(), heartbeat));
    }
    return steps;
  }

  /** The last sign of life may be that of a worker that is gone. */
  private static Heartbeat asOfNow(Heartbeat heartbeat, PendingActivityInfo activity) {
    if (activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED) {
      return heartbeat.inPhase("waits for a worker to go on");
    }
    Instant last = Instant.ofEpochMilli(Timestamps.toMillis(activity.getLastHeartbeatTime()));
    Duration silence = Duration.between(last, Instant.now());
    return silence.compareTo(LONG) < 0
        ? heartbeat
        : heartbeat.inPhase(
            "silent for " + silence.toSeconds() + " s; before: " + heartbeat.phase());
  }

  private static Optional<Heartbeat> heartbeat(
      PendingActivityInfo activity, DataConverter converter) {
    if (activity.getHeartbeatDetails().getPayloadsCount() == 0) {
      return Optional.empty();
    }
    JsonNode json =
        converter.fromPayloads(
            0, Optional.of(activity.getHeartbeatDetails()), JsonNode.class, JsonNode.class);
    try {
      return Optional.ofNullable(JSON.treeToValue(json, Heartbeat.class))
          .filter(heartbeat -> heartbeat.step() != null)
          .map(heartbeat -> asOfNow(heartbeat, activity));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
