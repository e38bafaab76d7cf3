package dev.recycler.activities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.hub.TinyCheckpoint;
import dev.recycler.activities.step.MergeRoom;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.GarbageCollection;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.spec.MergeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A collector that comes while a merge reads what nothing else needs. */
@Timeout(60)
class MergeAndCollectTest {
  private static final GarbageCollection.Policy EVERYTHING =
      new GarbageCollection.Policy(Duration.ZERO, Set.of());

  @TempDir private Path folder;
  private ArtifactStore store;

  private Artifact publish(int seed) throws IOException {
    Fingerprint fingerprint = Fingerprint.of("finetune", Map.of("seed", seed));
    Lineage lineage =
        new Lineage(
            Map.of(),
            List.of(),
            List.of(),
            Map.of(),
            "h",
            Instant.EPOCH,
            Instant.EPOCH,
            Map.of(),
            null);
    try (Staging staging = store.stage(fingerprint)) {
      TinyCheckpoint.write(staging.folder(), seed, 1000);
      StoredArtifact made = store.publish(staging, lineage, () -> {});
      return new Artifact(made.folder().toString(), made.digest(), fingerprint.hex(), false);
    }
  }

  /** As if everything had been left alone for a month. */
  private void age() throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(Duration.ofDays(30)));
    List<Path> files = new ArrayList<>();
    try (Stream<Path> uses = Files.list(store.root().resolve("uses"));
        Stream<Path> records = Files.walk(store.root().resolve("artifacts"))) {
      uses.forEach(files::add);
      records.filter(file -> file.endsWith("recycler.json")).forEach(files::add);
    }
    for (Path file : files) {
      Files.setLastModifiedTime(file, then);
    }
  }

  private List<GarbageCollection.Item> collect() throws IOException {
    GarbageCollection garbage = store.garbage();
    return garbage.remove(garbage.find(EVERYTHING), EVERYTHING);
  }

  @Test
  void theInputsOfARunningMergeStayAndGoAfterIt() throws Exception {
    store = ArtifactStore.open(folder.resolve("store"));
    List<Artifact> inputs = List.of(publish(1), publish(2), publish(3));
    age();
    Gate gate = new Gate();
    Steps.MergeInput input =
        new Steps.MergeInput(
            new StepContext("toy", "M2.merge", store.root().toString()),
            inputs.get(0),
            inputs.get(1),
            inputs.get(2),
            MergeSpec.DEFAULT);
    FutureTask<Artifact> merge =
        new FutureTask<>(
            () -> new MergeStep(new FindOrMake(), new MergeRoom(2, 0)).run(input, gate));
    Thread.ofPlatform().start(merge);
    gate.reached.await();

    assertThat(collect()).isEmpty();
    gate.open.countDown();

    Path merged = Path.of(merge.get().path());
    assertThat(merged.resolve("model.safetensors")).exists();
    age();
    // The series names the merge, and the merge came from them: still they stay.
    assertThat(collect()).isEmpty();
    Files.delete(store.root().resolve("series/toy/M2.merge"));
    assertThat(collect()).hasSize(4);
  }

  /** Lets a merge begin, and holds it where it tells how far it is. */
  private static final class Gate implements StepMonitor {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger reports = new AtomicInteger();

    @Override
    public void report(Heartbeat heartbeat) {
      try {
        if (reports.incrementAndGet() == 1) {
          // Heartbeats are a second apart: after this one the next is due at once.
          Thread.sleep(1100);
          return;
        }
        reached.countDown();
        open.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public String execution() {
      return "run/1";
    }

    @Override
    public String host() {
      return "here";
    }
  }
}
