package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One score that is taken of models.
 *
 * @param name what the score is called in reports, unique in the series
 * @param harness which adapter runs it: {@code lm-eval}, {@code olmes}, {@code olmo-eval} or {@code
 *     command}
 * @param python the Python executable of the harness's environment, or null for the locked one
 * @param task the harness's name of the task
 * @param metric the key of the metric in the harness's results, e.g. {@code
 *     exact_match,final-answer}; null for the task's only or first one
 * @param include absolute paths of folders with task definitions, part of the fingerprint by
 *     content
 * @param data absolute paths of files or folders that the task reads, part of the fingerprint by
 *     content
 * @param of which models are scored
 * @param arguments the harness's own flags without dashes, in order; {@code "true"} for a flag that
 *     takes no value
 * @param environment variables added to the harness's environment
 * @param gpus how many devices it needs at once, at least 1
 * @param command program and arguments of the harness {@code command}, with {@code {model}}, {@code
 *     {task}} and {@code {output}} to be filled in; else empty
 * @param checkpointsOf names of the releases whose checkpoints are scored; empty for all of them
 * @param limits when it is ended though nobody asked
 * @param label which workers it is given to, or null for any that evaluate
 */
public record EvaluationSpec(
    String name,
    String harness,
    String python,
    String task,
    String metric,
    List<String> include,
    List<String> data,
    Set<Subject> of,
    Map<String, String> arguments,
    Map<String, String> environment,
    int gpus,
    List<String> command,
    List<String> checkpointsOf,
    TimeLimits limits,
    @JsonInclude(JsonInclude.Include.NON_NULL) String label) {
  public EvaluationSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(harness, "harness");
    Objects.requireNonNull(task, "task");
    include = include == null ? List.of() : List.copyOf(include);
    data = data == null ? List.of() : List.copyOf(data);
    of = Ordered.copy(of);
    arguments = Ordered.copy(arguments);
    environment = Ordered.copy(environment);
    gpus = Math.max(1, gpus);
    command = command == null ? List.of() : List.copyOf(command);
    checkpointsOf = checkpointsOf == null ? List.of() : List.copyOf(checkpointsOf);
    limits = limits == null ? TimeLimits.NONE : limits;
  }

  /** An evaluation without time limits. */
  public EvaluationSpec(
      String name,
      String harness,
      String python,
      String task,
      String metric,
      List<String> include,
      List<String> data,
      Set<Subject> of,
      Map<String, String> arguments,
      Map<String, String> environment,
      int gpus,
      List<String> command,
      List<String> checkpointsOf) {
    this(
        name,
        harness,
        python,
        task,
        metric,
        include,
        data,
        of,
        arguments,
        environment,
        gpus,
        command,
        checkpointsOf,
        TimeLimits.NONE,
        null);
  }

  /** An evaluation on one device by a harness with an adapter of its own. */
  public EvaluationSpec(
      String name,
      String harness,
      String python,
      String task,
      String metric,
      List<String> include,
      List<String> data,
      Set<Subject> of,
      Map<String, String> arguments,
      Map<String, String> environment) {
    this(
        name,
        harness,
        python,
        task,
        metric,
        include,
        data,
        of,
        arguments,
        environment,
        1,
        List.of(),
        List.of());
  }

  /** Whether this is a score of a subject at a release. */
  public boolean scores(Subject subject, String release) {
    return of.contains(subject)
        && (subject != Subject.CHECKPOINTS
            || checkpointsOf.isEmpty()
            || checkpointsOf.contains(release));
  }
}
