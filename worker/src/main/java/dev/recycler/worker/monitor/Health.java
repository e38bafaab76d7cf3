package dev.recycler.worker.monitor;

import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether a worker is alive, and whether it can take steps; what is empty is well. */
interface Health {
  /** What is wrong so that only a restart helps. */
  Optional<String> alive();

  /** Why it takes no steps just now. */
  Optional<String> ready();

  /** Of a process whose worker is yet to begin. */
  static Health starting() {
    return new Health() {
      @Override
      public Optional<String> alive() {
        return Optional.empty();
      }

      @Override
      public Optional<String> ready() {
        return Optional.of("the worker is starting");
      }
    };
  }

  /** Of a worker that has begun. */
  static Health of(RecyclerWorker worker, TemporalConnection connection) {
    return new Health() {
      @Override
      public Optional<String> alive() {
        return worker.isGone()
            ? Optional.of("the worker has ended and its process has not")
            : Optional.empty();
      }

      @Override
      public Optional<String> ready() {
        if (!worker.serves()) {
          return Optional.of("the worker is being drained");
        }
        try {
          connection
              .stubs()
              .blockingStub()
              .withDeadlineAfter(2, TimeUnit.SECONDS)
              .getSystemInfo(GetSystemInfoRequest.getDefaultInstance());
          return Optional.empty();
        } catch (StatusRuntimeException e) {
          return Optional.of(
              "the Temporal server at %s does not answer (%s)"
                  .formatted(connection.address(), e.getStatus().getCode()));
        }
      }
    };
  }
}
