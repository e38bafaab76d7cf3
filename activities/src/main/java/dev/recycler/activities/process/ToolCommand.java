package dev.recycler.activities.process;

import dev.recycler.workflows.spec.TimeLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is to be run. Arguments reach the tool exactly as they are: no shell reads them.
 *
 * @param arguments the program (a path, or a name that is looked up on the {@code PATH} of {@code
 *     environment}) and its arguments
 * @param directory absolute path of its working directory
 * @param environment all of its environment
 * @param secrets names of variables of {@code environment} whose values must not be written down
 * @param owner where given, the tool is ended as soon as this process is gone
 * @param limits when the tool is ended though nobody asked
 * @param devices what its worker has claimed for it on this host, where it has
 */
public record ToolCommand(
    List<String> arguments,
    Path directory,
    Map<String, String> environment,
    Set<String> secrets,
    Optional<ProcessIdentity> owner,
    Limits limits,
    Optional<HostDevices.Promise> devices) {

  /**
   * Time limits.
   *
   * @param total how long the tool may run in all, or null
   * @param silence how long its log may stay without growth, or null
   * @param unattended how long it may go on with no worker attending to it, or null: whoever
   *     cancelled it meanwhile could not reach it
   * @param grace between SIGTERM and SIGKILL where it is ended, or null for the usual one
   */
  public record Limits(Duration total, Duration silence, Duration unattended, Duration grace) {
    /** No limits. */
    public static final Limits NONE = new Limits(null, null, null, null);

    public Limits(Duration total, Duration silence, Duration unattended) {
      this(total, silence, unattended, null);
    }

    /** Those of a series file. */
    public static Limits of(TimeLimits limits) {
      return new Limits(
          seconds(limits.inAllSeconds()),
          seconds(limits.noProgressSeconds()),
          null,
          seconds(limits.graceSeconds()));
    }

    private static Duration seconds(Long seconds) {
      return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    /** The same for a worker that may go away. */
    Limits unattended(Duration longest) {
      return new Limits(total, silence, longest, grace);
    }
  }

  public ToolCommand {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    secrets = Set.copyOf(secrets);
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(devices, "devices");
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("a command needs a program");
    }
    if (!directory.isAbsolute()) {
      throw new IllegalArgumentException("the working directory must be absolute: " + directory);
    }
  }

  /** A command for which nothing is claimed. */
  public ToolCommand(
      List<String> arguments,
      Path directory,
      Map<String, String> environment,
      Set<String> secrets,
      Optional<ProcessIdentity> owner,
      Limits limits) {
    this(arguments, directory, environment, secrets, owner, limits, Optional.empty());
  }

  /** A command without secrets, owner and limits. */
  public ToolCommand(List<String> arguments, Path directory, Map<String, String> environment) {
    this(arguments, directory, environment, Set.of(), Optional.empty(), Limits.NONE);
  }

  /** The same, ended with the process that calls this. */
  public ToolCommand endedWithThisProcess() {
    return new ToolCommand(
        arguments,
        directory,
        environment,
        secrets,
        Optional.of(ProcessIdentity.current()),
        limits,
        devices);
  }

  /** The same with another environment. */
  ToolCommand withEnvironment(Map<String, String> other) {
    return new ToolCommand(arguments, directory, other, secrets, owner, limits, devices);
  }

  /** The same with other limits. */
  ToolCommand withLimits(Limits other) {
    return new ToolCommand(arguments, directory, environment, secrets, owner, other, devices);
  }

  /** The same with devices. */
  ToolCommand withDevices(HostDevices.Promise promise) {
    return new ToolCommand(
        arguments, directory, environment, secrets, owner, limits, Optional.of(promise));
  }

  /** The values that must not be written down. */
  Map<String, String> secretValues() {
    Map<String, String> values = new TreeMap<>(environment);
    values.keySet().retainAll(secrets);
    return values;
  }

  /** Writes all but the values of secrets. */
  void write(Path file) throws IOException {
    Map<String, String> values = new TreeMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      values.put("argument." + i, arguments.get(i));
    }
    environment.forEach(
        (name, value) ->
            values.put(
                (secrets.contains(name) ? "secret." : "environment.") + name,
                secrets.contains(name) ? "" : value));
    values.put("directory", directory.toString());
    owner.ifPresent(process -> Identities.put(values, "owner", process));
    if (limits.total() != null) {
      values.put("limit.total", limits.total().toString());
    }
    if (limits.silence() != null) {
      values.put("limit.silence", limits.silence().toString());
    }
    if (limits.unattended() != null) {
      values.put("limit.unattended", limits.unattended().toString());
    }
    if (limits.grace() != null) {
      values.put("limit.grace", limits.grace().toString());
    }
    devices.ifPresent(
        promise -> {
          values.put("devices.records", promise.records().toString());
          values.put("devices.token", promise.token());
          for (int i = 0; i < promise.devices().size(); i++) {
            values.put("device." + i, promise.devices().get(i));
          }
        });
    RecordFile.write(file, values);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param secretValues where the values of secrets are found
   */
  static ToolCommand read(Path file, Map<String, String> secretValues) throws IOException {
    Map<String, String> values =
        RecordFile.read(file).orElseThrow(() -> new IOException(file + " is missing"));
    List<String> arguments = numbered(values, "argument.");
    Map<String, String> environment = new LinkedHashMap<>(below(values, "environment."));
    Set<String> secrets = below(values, "secret.").keySet();
    for (String name : secrets) {
      environment.put(name, secretValues.getOrDefault(name, ""));
    }
    return new ToolCommand(
        arguments,
        Path.of(values.get("directory")),
        environment,
        secrets,
        Identities.get(values, "owner"),
        new Limits(
            duration(values, "limit.total"),
            duration(values, "limit.silence"),
            duration(values, "limit.unattended"),
            duration(values, "limit.grace")),
        Optional.ofNullable(values.get("devices.records"))
            .map(
                records ->
                    new HostDevices.Promise(
                        Path.of(records),
                        values.get("devices.token"),
                        numbered(values, "device."))));
  }

  private static List<String> numbered(Map<String, String> values, String prefix) {
    List<String> found = new ArrayList<>();
    while (values.containsKey(prefix + found.size())) {
      found.add(values.get(prefix + found.size()));
    }
    return found;
  }

  private static Map<String, String> below(Map<String, String> values, String prefix) {
    Map<String, String> found = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }

  private static Duration duration(Map<String, String> values, String key) {
    return values.containsKey(key) ? Duration.parse(values.get(key)) : null;
  }
}
