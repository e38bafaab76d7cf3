package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.spec.Nearest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;

/** Puts into words why the server did not do what was asked of it. */
final class ServerRefusals {
  private final TemporalConnection connection;
  private final String typed;

  /**
   * @param typed what of the options that led to this server a person has to type again, with a
   *     blank before
   */
  ServerRefusals(TemporalConnection connection, String typed) {
    this.connection = connection;
    this.typed = typed;
  }

  /** What a person is told of a request for a series that failed. */
  CommandFailed of(String series, Exception e) {
    return switch (code(e)) {
      case NOT_FOUND ->
          new CommandFailed(
              ExitCode.USAGE,
              "there is no series %s on the server at %s; %s'recycler list%s' shows those that are."
                  .formatted(series, connection.address(), meant(series), typed),
              e);
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          new CommandFailed(
              ExitCode.UNREACHABLE,
              "the Temporal server at " + connection.address() + " does not answer any more.",
              e);
      case PERMISSION_DENIED -> denied(e);
      default ->
          new CommandFailed(
              ExitCode.FAILED,
              "the Temporal server at " + connection.address() + " refused: " + e.getMessage(),
              e);
    };
  }

  /** Who came as far as this may look at the namespace. */
  CommandFailed denied(Exception e) {
    return new CommandFailed(
        ExitCode.FAILED,
        "the Temporal server at %s lets you look at namespace %s and not change it; ask for the role of a writer."
            .formatted(connection.address(), connection.client().getOptions().getNamespace()),
        e);
  }

  /** The name that was meant, as a question, or nothing. */
  private String meant(String series) {
    try {
      return Nearest.to(series, new SeriesList(connection).names())
          .map("did you mean %s? "::formatted)
          .orElse("");
    } catch (WorkflowServiceException | StatusRuntimeException e) {
      return "";
    }
  }

  /** How the server answered, as gRPC has it. */
  static Status.Code code(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof StatusRuntimeException status) {
        return status.getStatus().getCode();
      }
    }
    return e instanceof WorkflowNotFoundException ? Status.Code.NOT_FOUND : Status.Code.UNKNOWN;
  }
}
