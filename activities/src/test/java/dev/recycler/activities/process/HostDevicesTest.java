package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.process.Gpus.Gpu;
import dev.recycler.activities.process.HostDevices.Promise;
import dev.recycler.activities.process.Slots.Lease;
import dev.recycler.activities.process.Slots.Priority;
import dev.recycler.activities.process.ToolExit.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices are used once at a time, whatever died meanwhile and however many workers there are. */
class HostDevicesTest {
  private static final String LONG = "echo $$ > pid; while :; do sleep 0.1; done";

  /** Marks its devices as used for a moment, and complains where one is used already. */
  private static final String SHORT =
      """
      for device in $(echo "$CUDA_VISIBLE_DEVICES" | tr , ' '); do
        mkdir "$1/used-$device" || echo "$device is used twice" >> "$1/wrong"
      done
      sleep 0.2
      for device in $(echo "$CUDA_VISIBLE_DEVICES" | tr , ' '); do rmdir "$1/used-$device"; done
      echo "$CUDA_VISIBLE_DEVICES" >> "$1/ended"
      """;

  @TempDir Path folder;
  private Path records;

  @BeforeEach
  void places() {
    records = folder.resolve("devices");
  }

  /** A worker with two GPUs: one job a run, {@code records, program, (run, GPUs) …}. */
  public static final class Worker {
    public static void main(String[] arguments) throws Exception {
      ToolHost host =
          new ToolHost(
              slots(Path.of(arguments[0])), new Supervision(Runs.LEASE), false, Duration.ZERO);
      List<Thread> jobs = new ArrayList<>();
      for (int i = 2; i < arguments.length; i += 2) {
        Path run = Path.of(arguments[i]);
        Job job = new Job(arguments[1], Integer.parseInt(arguments[i + 1]), run.getParent());
        jobs.add(Thread.ofVirtual().start(() -> run(host, run, job)));
      }
      for (Thread job : jobs) {
        job.join();
      }
    }

    private static void run(ToolHost host, Path run, Job job) {
      try {
        host.run(run, job);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private record Job(String program, int devices, Path shared) implements ToolHost.Job {
    @Override
    public Priority priority() {
      return Priority.FINETUNE;
    }

    @Override
    public ToolEnvironment environment() {
      return new ToolEnvironment(Map.of(), Set.of());
    }

    @Override
    public ToolCommand command(Path output, List<Attempt> former) {
      return Runs.shell(output, program, shared.toString());
    }

    @Override
    public void waiting(String why) {}

    @Override
    public void running(Attempt attempt) {}
  }

  @Test
  void aDeviceOfAKilledWorkerIsNotHandedOutWhileItsToolLives() throws Exception {
    Path run = folder.resolve("run");
    Process worker = worker(LONG, run, 1);
    Runs.appears(run.resolve("attempt-1/output/pid"));
    worker.destroyForcibly().waitFor();

    Slots slots = slots(records);
    Lease other = slots.acquire(1, Priority.FINETUNE, _ -> true).orElseThrow();
    assertThat(other.devices()).containsExactly("1");
    other.close();
    AtomicReference<String> said = new AtomicReference<>();
    assertThat(
            slots.acquire(
                2,
                Priority.FINETUNE,
                why -> {
                  said.set(why);
                  return false;
                }))
        .isEmpty();
    assertThat(said)
        .hasValue(
            "waiting for 2 of 2 GPUs, 1 free, 0 before it, 1 used by another worker of this host");

    new Supervision(Runs.LEASE).find(run).orElseThrow().stop(Duration.ZERO);

    assertThat(slots.acquire(2, Priority.FINETUNE, _ -> true).orElseThrow().devices())
        .containsExactly("0", "1");
  }

  @Test
  void whatAKilledSupervisorLeavesIsEndedBeforeItsDeviceIsHandedOut() throws Exception {
    Path run = folder.resolve("run");
    Process worker = worker(LONG, run, 1);
    long tool = Long.parseLong(Runs.appears(run.resolve("attempt-1/output/pid")));
    Runs.appears(run.resolve("attempt-1/tool"));
    long supervisor =
        AttemptFolder.of(run.resolve("attempt-1")).identity("supervisor").orElseThrow().pid();
    worker.destroyForcibly().waitFor();
    Posix.signal(supervisor, Posix.SIGKILL);
    Runs.until(() -> !Runs.isAlive(supervisor));
    assertThat(Runs.isAlive(tool)).isTrue();

    Lease both = slots(records).acquire(2, Priority.FINETUNE, _ -> true).orElseThrow();

    assertThat(both.devices()).hasSize(2);
    assertThat(Runs.isAlive(tool)).isFalse();
  }

  @Test
  void twoWorkersOfOneHostNeverUseADeviceTwice() throws Exception {
    List<Process> workers = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      workers.add(
          worker(
              SHORT,
              folder.resolve(name + 1),
              1,
              folder.resolve(name + 2),
              2,
              folder.resolve(name + 3),
              1));
    }
    for (Process worker : workers) {
      assertThat(worker.waitFor()).isZero();
    }
    assertThat(folder.resolve("wrong")).doesNotExist();
    assertThat(Files.readAllLines(folder.resolve("ended")))
        .hasSize(6)
        .contains("0,1")
        .isSubsetOf("0", "1", "0,1");
    try (Stream<Path> left = Files.list(records)) {
      assertThat(left).extracting(file -> file.getFileName().toString()).containsExactly("lock");
    }
  }

  @Test
  void aSupervisorWhoseDevicesWereGivenAwayStartsNothing() throws Exception {
    Promise promise = new Promise(records, "mine", List.of("GPU-0"));
    Attempt attempt =
        new Supervision(Runs.LEASE)
            .startOrAttach(
                folder.resolve("run"),
                (output, _) -> {
                  new HostDevices(records)
                      .claim(new Promise(records, "another's", List.of("GPU-0")));
                  return Runs.shell(output, "touch started").withDevices(promise);
                },
                () -> {});

    assertThat(Runs.ended(attempt).cause()).isEqualTo(Cause.DEVICES_TAKEN);
    assertThat(attempt.output().resolve("started")).doesNotExist();
  }

  @Test
  void aRebootFreesEverythingAndAnotherContainerIsBelieved() throws Exception {
    HostDevices devices = new HostDevices(records);
    assertThat(devices.claim(new Promise(records, "t", List.of("GPU-0")))).isTrue();
    assertThat(devices.inUse(List.of("GPU-0", "GPU-1"))).containsExactly("GPU-0");
    Path record = records.resolve("GPU-0");
    String boot = Place.boot(Place.here());

    place(record, boot + " pid:[1]");
    assertThat(devices.inUse(List.of("GPU-0"))).containsExactly("GPU-0");

    place(record, "another-boot pid:[1]");
    assertThat(devices.inUse(List.of("GPU-0"))).isEmpty();
  }

  @Test
  void whatDeadWorkersLeaveGoesWithTheNext() throws Exception {
    HostDevices devices = new HostDevices(records);
    assertThat(devices.claim(new Promise(records, "dead", List.of("GPU-0")))).isTrue();
    assertThat(devices.claim(new Promise(records, "living", List.of("GPU-1")))).isTrue();
    change(records.resolve("GPU-0"), "holder.start", "1");
    // Another machine of this one's name, which shares the folder, may be training with it.
    assertThat(devices.claim(new Promise(records, "far", List.of("GPU-2")))).isTrue();
    place(records.resolve("GPU-2"), "another-boot pid:[1]");
    Files.createFile(records.resolve("GPU-0.new-4711"));
    Files.createDirectory(records.resolve("what-is-no-record"));

    slots(records).tidy();

    try (Stream<Path> left = Files.list(records)) {
      assertThat(left)
          .extracting(file -> file.getFileName().toString())
          .containsExactlyInAnyOrder("lock", "GPU-1", "GPU-2", "what-is-no-record");
    }
  }

  @Test
  void aSupervisorTakesWhatWasItsWorkersThoughTheRecordWasTidiedAway() throws Exception {
    Promise promise = new Promise(records, "mine", List.of("GPU-0"));
    Attempt attempt =
        new Supervision(Runs.LEASE)
            .startOrAttach(
                folder.resolve("run"),
                (output, _) -> Runs.shell(output, "touch started").withDevices(promise),
                () -> {});

    assertThat(Runs.ended(attempt).cause()).isEqualTo(Cause.BY_ITSELF);
    assertThat(attempt.output().resolve("started")).exists();
  }

  private static void place(Path record, String place) throws IOException {
    change(record, "holder.place", place);
  }

  private static void change(Path record, String key, String value) throws IOException {
    Map<String, String> values = new TreeMap<>(RecordFile.read(record).orElseThrow());
    values.put(key, value);
    RecordFile.write(record, values);
  }

  private static Slots slots(Path records) {
    return Slots.gpus(List.of(new Gpu("0", "GPU-0"), new Gpu("1", "GPU-1")), records);
  }

  private Process worker(String program, Object... jobs) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                records.toString(),
                program));
    Stream.of(jobs).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command).inheritIO().start();
  }
}
