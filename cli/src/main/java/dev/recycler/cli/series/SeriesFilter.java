package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.Visibility;
import dev.recycler.workflows.progress.Standing;
import dev.recycler.workflows.spec.Nearest;
import dev.recycler.workflows.spec.Release;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which series are meant, as Temporal's visibility is asked for them.
 *
 * @param state what they are about, or nothing for any
 * @param since only those that were started later, or nothing
 * @param prefix how their names begin; empty for any
 */
record SeriesFilter(Optional<Standing> state, Optional<Instant> since, String prefix) {
  static final SeriesFilter ALL = new SeriesFilter(Optional.empty(), Optional.empty(), "");

  private static final Pattern AGO = Pattern.compile("(\\d{1,5})([mhdw])");

  /**
   * What a person has typed.
   *
   * @param state a {@link Standing}'s key, or null
   * @param since e.g. {@code 12h}, {@code 7d} or {@code 2026-11-01}, or null
   * @param prefix or null
   * @throws CommandFailed where a value can't be
   */
  static SeriesFilter typed(String state, String since, String prefix, Instant now, ZoneId zone) {
    if (prefix != null && !prefix.matches(Release.NAME)) {
      throw new CommandFailed(ExitCode.USAGE, "'" + prefix + "' begins the name of no series.");
    }
    return new SeriesFilter(
        Optional.ofNullable(state).map(SeriesFilter::standing),
        Optional.ofNullable(since).map(written -> moment(written, now, zone)),
        prefix == null ? "" : prefix);
  }

  private static Standing standing(String written) {
    List<String> keys = Stream.of(Standing.values()).map(Standing::key).toList();
    return Stream.of(Standing.values())
        .filter(standing -> standing.key().equals(written))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitCode.USAGE,
                    "--state is '%s'%s: it must be one of %s."
                        .formatted(
                            written,
                            Nearest.to(written, keys)
                                .map("; did you mean %s"::formatted)
                                .orElse(""),
                            String.join(", ", keys))));
  }

  private static Instant moment(String written, Instant now, ZoneId zone) {
    Matcher ago = AGO.matcher(written);
    if (ago.matches()) {
      int count = Integer.parseInt(ago.group(1));
      return now.minus(
          switch (ago.group(2)) {
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> Duration.ofDays(7L * count);
          });
    }
    try {
      return LocalDate.parse(written).atStartOfDay(zone).toInstant();
    } catch (DateTimeException e) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--since is '" + written + "': it must be such as 90m, 12h, 7d, 2w or 2026-11-01.",
          e);
    }
  }

  /** The query for Temporal's visibility; names and words in it have no quotes. */
  String query() {
    List<String> parts = new ArrayList<>();
    parts.add("WorkflowType = 'SeriesWorkflow'");
    state.flatMap(SeriesFilter::query).ifPresent(parts::add);
    since.ifPresent(moment -> parts.add("StartTime > '" + moment + "'"));
    if (!prefix.isEmpty()) {
      parts.add("WorkflowId STARTS_WITH '" + SeriesWorkflow.id(prefix) + "'");
    }
    return String.join(" AND ", parts);
  }

  private static Optional<String> query(Standing standing) {
    return switch (standing) {
      // An older run of a series may have ended so: which is the newest has to be seen first.
      case FINISHED, CANCELLED -> Optional.empty();
      // A series that was started before the server had the attribute has none.
      case RUNNING, WAITING, PAUSED, FAILED, WATCHING ->
          Optional.of(
              "ExecutionStatus = 'Running' AND (%s = '%s' OR %s IS NULL)"
                  .formatted(
                      Visibility.STATE.getName(), standing.key(), Visibility.STATE.getName()));
    };
  }

  /** Whether a series whose newest run has this status can be meant. */
  boolean mayBe(WorkflowExecutionStatus status) {
    return state.isEmpty()
        || status
            == switch (state.get()) {
              case FINISHED -> WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
              case CANCELLED -> WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED;
              case RUNNING, WAITING, PAUSED, FAILED, WATCHING ->
                  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
            };
  }

  /** Whether a series that is about this is meant. */
  boolean accepts(String key) {
    return state.isEmpty() || state.get().key().equals(key);
  }
}
