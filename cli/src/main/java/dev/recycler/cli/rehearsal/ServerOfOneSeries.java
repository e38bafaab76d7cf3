package dev.recycler.cli.rehearsal;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.Visibility;
import dev.recycler.workflows.payload.SeriesPayloads;
import dev.recycler.workflows.progress.Standing;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.temporal.api.activity.v1.ActivityOptions;
import io.temporal.api.common.v1.ActivityType;
import io.temporal.api.common.v1.Memo;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.Priority;
import io.temporal.api.common.v1.RetryPolicy;
import io.temporal.api.common.v1.SearchAttributes;
import io.temporal.api.common.v1.WorkerVersionStamp;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflow.v1.RequestIdInfo;
import io.temporal.api.workflow.v1.ResetPointInfo;
import io.temporal.api.workflow.v1.ResetPoints;
import io.temporal.api.workflow.v1.WorkflowExecutionConfig;
import io.temporal.api.workflow.v1.WorkflowExecutionExtendedInfo;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceImplBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Speaks as much of Temporal's protocol, on loopback, as it takes to show one series. */
final class ServerOfOneSeries implements AutoCloseable {
  private static final String TEMPORALS_HEALTH = "temporal.api.workflowservice.v1.WorkflowService";

  private final Server server;

  ServerOfOneSeries() throws IOException {
    var health = new HealthStatusManager();
    health.setStatus(TEMPORALS_HEALTH, io.grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(health.getHealthService())
            .addService(new Service())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static final class Service extends WorkflowServiceImplBase {
    @Override
    public void getSystemInfo(
        GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
      answer(
          answer,
          GetSystemInfoResponse.newBuilder()
              .setServerVersion("1")
              .setCapabilities(GetSystemInfoResponse.Capabilities.newBuilder().setUpsertMemo(true))
              .build());
    }

    @Override
    public void listWorkflowExecutions(
        ListWorkflowExecutionsRequest request,
        StreamObserver<ListWorkflowExecutionsResponse> answer) {
      answer(answer, ListWorkflowExecutionsResponse.newBuilder().addExecutions(info()).build());
    }

    @SuppressWarnings("deprecation") // Servers do tell the version stamp.
    @Override
    public void describeWorkflowExecution(
        DescribeWorkflowExecutionRequest request,
        StreamObserver<DescribeWorkflowExecutionResponse> answer) {
      answer(
          answer,
          DescribeWorkflowExecutionResponse.newBuilder()
              .setExecutionConfig(config())
              .setWorkflowExecutionInfo(info())
              .setWorkflowExtendedInfo(
                  WorkflowExecutionExtendedInfo.newBuilder()
                      .setOriginalStartTime(started())
                      .putRequestIdInfos("1", RequestIdInfo.newBuilder().setEventId(1).build()))
              .addPendingActivities(
                  PendingActivityInfo.newBuilder()
                      .setActivityId("1")
                      .setActivityType(ActivityType.newBuilder().setName("Finetune"))
                      .setState(PendingActivityState.PENDING_ACTIVITY_STATE_STARTED)
                      .setLastWorkerVersionStamp(WorkerVersionStamp.getDefaultInstance())
                      .setActivityOptions(
                          ActivityOptions.newBuilder()
                              .setRetryPolicy(RetryPolicy.getDefaultInstance()))
                      .setPriority(Priority.getDefaultInstance())
                      .setLastStartedTime(started())
                      .setHeartbeatDetails(payloads(SmallSeries.heartbeat())))
              .build());
    }

    @Override
    public void queryWorkflow(
        QueryWorkflowRequest request, StreamObserver<QueryWorkflowResponse> answer) {
      answer(
          answer,
          QueryWorkflowResponse.newBuilder()
              .setQueryResult(payloads(SmallSeries.progress()))
              .build());
    }

    private static WorkflowExecutionConfig config() {
      return WorkflowExecutionConfig.newBuilder()
          .setTaskQueue(TaskQueue.newBuilder().setName(SeriesWorkflow.TASK_QUEUE))
          .setWorkflowRunTimeout(Duration.getDefaultInstance())
          .build();
    }

    /** With all that a real server tells: the classes of what is not said would not be kept. */
    private static WorkflowExecutionInfo info() {
      WorkflowExecution execution =
          WorkflowExecution.newBuilder()
              .setWorkflowId(SeriesWorkflow.id(SmallSeries.NAME))
              .setRunId("1")
              .build();
      return WorkflowExecutionInfo.newBuilder()
          .setExecution(execution)
          .setRootExecution(execution)
          .setType(WorkflowType.newBuilder().setName("SeriesWorkflow"))
          .setStartTime(started())
          .setStatus(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING)
          .setMemo(Memo.getDefaultInstance())
          .setSearchAttributes(
              SearchAttributes.newBuilder()
                  .putIndexedFields(
                      Visibility.STATE.getName(), payloads(Standing.RUNNING.key()).getPayloads(0)))
          .setAutoResetPoints(
              ResetPoints.newBuilder()
                  .addPoints(ResetPointInfo.newBuilder().setCreateTime(started())))
          .setTaskQueue(SeriesWorkflow.TASK_QUEUE)
          .build();
    }

    private static Timestamp started() {
      return Timestamps.fromMillis(SmallSeries.STARTED.toEpochMilli());
    }

    private static Payloads payloads(Object value) {
      return SeriesPayloads.converter().toPayloads(value).orElseThrow();
    }

    private static <T> void answer(StreamObserver<T> observer, T answer) {
      observer.onNext(answer);
      observer.onCompleted();
    }
  }
}
