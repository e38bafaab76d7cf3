package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two series share four simulated GPUs on two workers, which are killed now and then: no GPU is
 * used by two tools at once, every step is done once, and a step that wants two GPUs is not passed
 * by those that its worker took later and that want one.
 */
class SharedDevicesTest {
  private static final int STEPS = 5;
  private static final int KILLS = 3;

  /** Notes when it has its devices and when it gives them back, also where it is ended. */
  private static final String TOOL =
      """
      note() { echo "$1 $2 $CUDA_VISIBLE_DEVICES" >> "$shared/uses"; }
      shared=$1
      for device in $(echo "$CUDA_VISIBLE_DEVICES" | tr , ' '); do
        # What a tool that was ended has left is nobody's any more, also where its parent, or who
        # took its parent's place, has not taken notice of its end yet.
        mkdir "$shared/used-$device" || case $(ps -o stat= -p "$(cat "$shared/used-$device/by")") in
          '' | Z*) ;;
          *) echo "$2: $device is used twice" >> "$shared/wrong" ;;
        esac
        echo $$ > "$shared/used-$device/by"
      done
      note begin "$2"
      sleep "$3"
      for device in $(echo "$CUDA_VISIBLE_DEVICES" | tr , ' '); do rm -r "$shared/used-$device"; done
      note end "$2"
      """;

  @TempDir private Path folder;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void noGpuIsUsedTwiceAndNobodyStarves(long seed) throws Exception {
    Random random = new Random(seed);
    StepQueue queue = StepQueue.in(folder);
    Map<String, Integer> wanted = new HashMap<>();
    for (int step = 0; step < STEPS; step++) {
      // One series mostly wants one GPU, the other mostly two.
      offer(queue, wanted, "a" + step, random.nextInt(4) == 0 ? 2 : 1, random);
      offer(queue, wanted, "b" + step, random.nextInt(4) == 0 ? 1 : 2, random);
    }
    Map<String, Process> workers = new HashMap<>();
    for (int number = 0; number < 2; number++) {
      workers.put(gpus(number), start(gpus(number)));
    }

    for (int kill = 1; kill <= KILLS; kill++) {
      int after = kill * wanted.size() / (KILLS + 1);
      Runs.until(() -> queue.done().size() >= after);
      String victim = gpus(random.nextInt(2));
      workers.get(victim).destroyForcibly().waitFor();
      // As Temporal does for a worker that is silent.
      queue.giveAgainWhatWasTaken(victim);
      workers.put(victim, start(victim));
    }
    Runs.until(() -> queue.done().size() == wanted.size());
    queue.close();
    for (Process worker : workers.values()) {
      assertThat(worker.waitFor()).isZero();
    }

    assertThat(folder.resolve("wrong")).doesNotExist();
    List<String[]> uses = lines("uses");
    assertThat(uses.stream().filter(use -> use[0].equals("end")).map(use -> use[1]))
        .as("every step once")
        .containsExactlyInAnyOrderElementsOf(wanted.keySet());
    uses.forEach(use -> assertThat(use[2].split(",", -1)).as(use[1]).hasSize(wanted.get(use[1])));
    Set<String> devices = new HashSet<>();
    uses.forEach(use -> devices.addAll(List.of(use[2].split(",", -1))));
    assertThat(devices).as("all of them were used").containsExactlyInAnyOrder("0", "1", "2", "3");
    assertNobodyWasPassed(lines("order"));
    // Who was killed may leave a record behind, which keeps nobody from its device.
    Slots all =
        Slots.gpus(
            Stream.of("0", "1", "2", "3").map(id -> new Gpus.Gpu(id, "GPU-" + id)).toList(),
            folder.resolve("devices"));
    assertThat(all.acquire(4, Slots.Priority.FINETUNE, _ -> false)).isPresent();
  }

  /** What each worker process took in an order began in that order. */
  private static void assertNobodyWasPassed(List<String[]> order) {
    Map<String, List<String>> taken = new HashMap<>();
    Map<String, List<String>> begun = new HashMap<>();
    for (String[] line : order) {
      (line[0].equals("took") ? taken : begun)
          .computeIfAbsent(line[1], _ -> new ArrayList<>())
          .add(line[2]);
    }
    begun.forEach(
        (worker, steps) -> {
          List<String> expected = new ArrayList<>(taken.get(worker));
          // Those that were found running, or never got devices before their worker was killed.
          expected.retainAll(steps);
          for (int place = 0; place < steps.size(); place++) {
            // Two that get one GPU each at once may be noted in either order.
            assertThat(expected.indexOf(steps.get(place)))
                .as("%s began %s of %s", worker, steps, expected)
                .isBetween(place - 1, place + 1);
          }
        });
    assertThat(begun).hasSizeGreaterThanOrEqualTo(2);
  }

  private static String gpus(int worker) {
    return worker == 0 ? "0,1" : "2,3";
  }

  private static void offer(
      StepQueue queue, Map<String, Integer> wanted, String name, int gpus, Random random)
      throws IOException {
    wanted.put(name, gpus);
    // Often longer than a worker takes to come back.
    queue.offer(name, gpus, 300 + random.nextInt(3000));
  }

  private List<String[]> lines(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name)).stream()
        .map(line -> line.split(" ", -1))
        .toList();
  }

  private Process start(String gpus) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            QueueWorker.class.getName(),
            folder.toString(),
            gpus,
            TOOL)
        .inheritIO()
        .start();
  }
}
