package dev.recycler.activities.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Only certain programs are started, and nothing in their environment makes others of them. */
final class CommandRule {
  /** Variables by which a permitted program can be made to run other code. */
  private static final Pattern CHOOSES_CODE =
      Pattern.compile(
          "PATH|LD_.*|DYLD_.*|PYTHON.*|BASH_ENV|ENV|SHELLOPTS|IFS|PERL5.*|RUBY.*|NODE_.*"
              + "|CLASSPATH|(_?JAVA|JDK)_.*|GIT_.*|GCONV_PATH|CUDA_INJECTION.*|NCCL_.*PLUGIN.*");

  /** What belongs to the worker alone, whatever its owner lists. */
  private static final Pattern WORKERS_OWN = Pattern.compile("(TEMPORAL|RECYCLER)_.*");

  private final Policy policy;

  CommandRule(Policy policy) {
    this.policy = policy;
  }

  /** A tool's Python; null for the locked one, which is the worker's own. */
  void requirePython(String key, String python) {
    if (python != null) {
      requireProgram(key + ".python", python);
    }
  }

  void requireCommand(String key, List<String> command) {
    requireProgram(key + ".command", command.getFirst());
  }

  void requireLaunch(String key, List<String> launch) {
    if (launch.isEmpty()) {
      return;
    }
    if (policy.launch().isEmpty()) {
      requireProgram(key + ".launch", launch.getFirst());
      return;
    }
    for (List<String> prefix : policy.launch().get()) {
      if (launch.size() >= prefix.size() && launch.subList(0, prefix.size()).equals(prefix)) {
        return;
      }
    }
    throw StepPolicy.refused(
        ("%s.launch: \"%s\" does not begin with what this worker may launch (%s); have the worker's"
                + " owner add it to allow.launch")
            .formatted(
                key,
                String.join(" ", launch),
                StepPolicy.list(
                    policy.launch().get().stream()
                        .map(words -> String.join(" ", words))
                        .toList())));
  }

  private void requireProgram(String key, String program) {
    if (policy.programs().isEmpty()) {
      return;
    }
    // Not by what a link leads to: the Python of every venv is a link out of it.
    String place = program.indexOf('/') < 0 ? program : Path.of(program).normalize().toString();
    for (String allowed : policy.programs().get()) {
      if (allowed.endsWith("/") ? place.startsWith(allowed) : place.equals(allowed)) {
        return;
      }
    }
    throw StepPolicy.refused(
        ("%s: %s is not among the programs that this worker may start (%s); have the worker's owner"
                + " add it to allow.programs")
            .formatted(key, program, StepPolicy.list(policy.programs().get())));
  }

  /** A variable without a value is handed on from the worker's own environment. */
  void requireVariables(String key, Map<String, String> environment) {
    environment.forEach(
        (name, value) -> {
          if (value.isEmpty() && WORKERS_OWN.matcher(name).matches()) {
            throw StepPolicy.refused(
                "%s.environment: %s is the worker's own and is handed to no tool; remove it"
                    .formatted(key, name));
          }
          requireVariable(key, name);
        });
  }

  private void requireVariable(String key, String name) {
    Optional<List<String>> listed = policy.variables();
    if (listed.isPresent()) {
      if (listed.get().stream().noneMatch(allowed -> matches(name, allowed))) {
        throw StepPolicy.refused(
            ("%s.environment: %s is not among the variables that a series may set here (%s); have the"
                    + " worker's owner add it to allow.variables")
                .formatted(key, name, StepPolicy.list(listed.get())));
      }
    } else if (policy.programs().isPresent() && CHOOSES_CODE.matcher(name).matches()) {
      throw StepPolicy.refused(
          ("%s.environment: %s chooses what code a program runs, and this worker starts certain"
                  + " programs only; have the worker's owner add it to allow.variables")
              .formatted(key, name));
    }
  }

  private static boolean matches(String name, String allowed) {
    return allowed.endsWith("*")
        ? name.startsWith(allowed.substring(0, allowed.length() - 1))
        : name.equals(allowed);
  }
}
