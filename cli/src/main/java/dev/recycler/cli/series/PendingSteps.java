package dev.recycler.cli.series;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.payload.SeriesPayloads;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.common.converter.DataConverter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The heartbeats of the activities that a workflow waits for. */
final class PendingSteps {
  /** An activity adds bookkeeping of its own to what the step says. */
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

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
          .filter(heartbeat -> heartbeat.step() != null);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
