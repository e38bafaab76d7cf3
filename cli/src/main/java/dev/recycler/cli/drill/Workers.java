package dev.recycler.cli.drill;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.activities.step.ToolHome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The worker processes of a run; one that dies is started again, as a service manager would. */
final class Workers implements AutoCloseable {
  /** The most that a worker's heap may take. */
  static final String HEAP = "320m";

  private static final int SLOTS = 2;
  private static final long PATIENCE_SECONDS = 90;

  private final int hosts;
  private final RunFolder folder;
  private final String address;
  private final Setting setting;
  private final TimeLine timeLine;
  private final List<Process> processes = new ArrayList<>();
  private boolean held;
  private boolean closed;
  private int started;

  /**
   * What the workers' processes are started with.
   *
   * @param options of their JVMs
   * @param environment variables beside those of the drill's own
   * @param tools where they find their Python
   */
  record Setting(List<String> options, Map<String, String> environment, ToolHome tools) {
    Setting {
      options = List.copyOf(options);
      environment = Map.copyOf(environment);
    }

    /**
     * They reach the drill's dangerous places.
     *
     * @param environment variables beside those of the drill's own
     */
    static Setting drilled(RunFolder folder, Tools tools, Map<String, String> environment) {
      return new Setting(
          List.of(
              "-D" + FaultPoint.PROPERTY + "=" + folder.drill(),
              "-D" + FaultPoint.HOST + "=" + host("{host}"),
              "-D" + FaultPoint.LEASE + "=" + Shape.LEASE_SECONDS),
          environment,
          tools.home());
    }
  }

  /** What a host is called in a drill. */
  static String host(String number) {
    return "drill-host-" + number;
  }

  Workers(RunFolder folder, String address, Shape shape, Setting setting, TimeLine timeLine)
      throws IOException {
    this.hosts = shape.hosts();
    this.folder = folder;
    this.address = address;
    this.setting = setting;
    this.timeLine = timeLine;
    for (int i = 0; i < shape.workers(); i++) {
      processes.add(start(i));
    }
  }

  /** How many tools may run at once. */
  int slots() {
    return processes.size() * SLOTS;
  }

  private Process start(int index) throws IOException {
    List<String> command = Jvm.whole(HEAP);
    String host = Integer.toString(index % hosts);
    setting
        .options()
        .forEach(
            option ->
                command.add(
                    option.replace("{worker}", Integer.toString(index)).replace("{host}", host)));
    command.add(DrillWorker.class.getName());
    command.add(address);
    command.add(Integer.toString(SLOTS));
    command.add(folder.devices(index % hosts).toString());
    command.add(folder.path().resolve("worker-" + ++started + ".log").toString());
    command.add(setting.tools().python().toString());
    command.add(setting.tools().scripts().toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.path().resolve("worker-" + started + ".out").toFile());
    builder.environment().putAll(setting.environment());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    timeLine.add("worker %d is process %d".formatted(index, process.pid()));
    return process;
  }

  /** The living worker of a number, any number. */
  synchronized ProcessHandle choose(int which) {
    return processes.get(which % processes.size()).toHandle();
  }

  /** The workers of a host. */
  synchronized List<ProcessHandle> of(int host) {
    List<ProcessHandle> all = new ArrayList<>();
    for (int i = host; i < processes.size(); i += hosts) {
      all.add(processes.get(i).toHandle());
    }
    return all;
  }

  synchronized List<ProcessHandle> all() {
    return processes.stream().map(Process::toHandle).toList();
  }

  /** While held, dead workers stay dead. */
  synchronized void hold(boolean now) {
    held = now;
  }

  /** Starts dead workers again. */
  synchronized void care() throws IOException {
    for (int i = 0; i < processes.size() && !held && !closed; i++) {
      if (!processes.get(i).isAlive()) {
        timeLine.add("worker %d has ended with %d".formatted(i, processes.get(i).exitValue()));
        processes.set(i, start(i));
      }
    }
  }

  /** Ends them in order; false where one had to be killed. */
  synchronized boolean end() throws InterruptedException {
    closed = true;
    processes.forEach(Process::destroy);
    boolean inOrder = true;
    for (Process process : processes) {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        inOrder = false;
      }
    }
    return inOrder;
  }

  @Override
  public synchronized void close() {
    closed = true;
    processes.forEach(Process::destroyForcibly);
  }
}
