package dev.recycler.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.step.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GarbageCollectionTest {
  private static final GarbageCollection.Policy WEEK =
      new GarbageCollection.Policy(Duration.ofDays(7), Set.of());

  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void open() throws IOException {
    store = ArtifactStore.open(folder.resolve("store"));
  }

  private StoredArtifact publish(String name, StoredArtifact... inputs) throws IOException {
    Fingerprint fingerprint = Fingerprint.of("merge", Map.of("name", name));
    List<Lineage.Input> from = new ArrayList<>();
    for (StoredArtifact input : inputs) {
      from.add(new Lineage.Input("base", input.folder().toString(), input.digest()));
    }
    try (Staging staging = store.stage(fingerprint)) {
      Files.writeString(staging.folder().resolve("model.safetensors"), name);
      Lineage lineage =
          new Lineage(
              Map.of(),
              from,
              List.of(),
              Map.of(),
              "h",
              Instant.EPOCH,
              Instant.EPOCH,
              Map.of(),
              null);
      return store.publish(staging, lineage, () -> {});
    }
  }

  /** As if nobody had used it for so long. */
  private void age(StoredArtifact artifact, Duration by) throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(by));
    Files.setLastModifiedTime(artifact.folder().resolve("recycler.json"), then);
    Fingerprint print = artifact.fingerprint();
    Files.setLastModifiedTime(
        store.root().resolve("uses").resolve(print.operation() + "-" + print.hex()), then);
  }

  private StoredArtifact old(String name, StoredArtifact... inputs) throws IOException {
    StoredArtifact artifact = publish(name, inputs);
    age(artifact, Duration.ofDays(30));
    return artifact;
  }

  private List<Path> found(GarbageCollection.Policy policy) throws IOException {
    return store.garbage().find(policy).stream().map(GarbageCollection.Item::path).toList();
  }

  private List<GarbageCollection.Item> collect(GarbageCollection.Policy policy) throws IOException {
    GarbageCollection garbage = store.garbage();
    return garbage.remove(garbage.find(policy), policy);
  }

  @Test
  void whatNothingPointsAtGoesOnceItIsOld() throws IOException {
    StoredArtifact old = old("old");
    StoredArtifact fresh = publish("fresh");

    assertThat(found(WEEK)).containsExactly(old.folder());
    assertThat(collect(WEEK)).hasSize(1);

    assertThat(old.folder()).doesNotExist();
    assertThat(fresh.folder()).isDirectory();
    assertThat(store.find(old.fingerprint())).isEmpty();
    assertThat(store.root().resolve("trash")).isEmptyDirectory();
  }

  @Test
  void whatASeriesNamesAndWhatThatCameFromStays() throws IOException {
    StoredArtifact input = old("input");
    StoredArtifact result = old("result", input);
    store.link("toy", "M2.merge", result.folder());

    assertThat(found(WEEK)).isEmpty();

    GarbageCollection.Policy forgetting =
        new GarbageCollection.Policy(Duration.ofDays(7), Set.of("toy"));
    assertThat(found(forgetting))
        .containsExactlyInAnyOrder(
            input.folder(), result.folder(), store.root().resolve("series/toy"));
    collect(forgetting);
    assertThat(result.folder()).doesNotExist();
    assertThat(store.root().resolve("series/toy")).doesNotExist();
  }

  @Test
  void whatIsPinnedStaysUntilItIsNot() throws IOException {
    StoredArtifact input = old("input");
    StoredArtifact kept = old("kept", input);
    assertThat(store.garbage().pinned().add(kept.folder())).isTrue();

    assertThat(found(WEEK)).isEmpty();

    assertThat(store.garbage().pinned().remove(kept.folder())).isTrue();
    assertThat(found(WEEK)).hasSize(2);
  }

  @Test
  void aStoreNamedThroughALinkIsTheSameStore() throws IOException {
    StoredArtifact input = old("input");
    StoredArtifact result = old("result", input);
    store.link("toy", "M2.merge", result.folder());
    Path link = Files.createSymbolicLink(folder.resolve("by-link"), store.root());

    assertThat(ArtifactStore.open(link).garbage().find(WEEK)).isEmpty();
  }

  @Test
  void findingAnArtifactIsUsingIt() throws IOException {
    StoredArtifact old = old("old");
    GarbageCollection garbage = store.garbage();
    List<GarbageCollection.Item> items = garbage.find(WEEK);

    assertThat(store.find(old.fingerprint())).isPresent();

    assertThat(garbage.remove(items, WEEK)).isEmpty();
    assertThat(old.folder()).isDirectory();
  }

  @Test
  void whatALinkPointsAtSinceItWasFoundStays() throws IOException {
    StoredArtifact old = old("old");
    GarbageCollection garbage = store.garbage();
    List<GarbageCollection.Item> items = garbage.find(WEEK);
    store.link("toy", "M2.merge", old.folder());

    assertThat(garbage.remove(items, WEEK)).isEmpty();
  }

  @Test
  void whatIsReadIsKeptHoweverShortThePolicy() throws IOException {
    StoredArtifact old = old("old");
    GarbageCollection.Policy now = new GarbageCollection.Policy(Duration.ZERO, Set.of());
    try (InUse _ =
        store.use(List.of(old.folder().resolve("checkpoints/step-50").getParent().getParent()))) {
      assertThat(collect(now)).isEmpty();
    }
    age(old, Duration.ofHours(2));

    assertThat(collect(now)).hasSize(1);
    assertThatThrownBy(() -> store.use(List.of(old.folder())).close())
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("removed from the store; retry the step that made it");
  }

  @Test
  void leftoversGoAndWorkOfAStepThatRunsStays() throws IOException {
    Staging mine = store.stage(Fingerprint.of("merge", Map.of("a", 1)));
    Path dead =
        Files.createDirectories(store.root().resolve("staging/merge-dead")).resolve("model");
    Files.writeString(dead, "half");
    StoredArtifact done = publish("done");
    store.link("toy", "M1", done.folder());
    Files.writeString(store.work(done.fingerprint()).resolve("optimizer.bin"), "state");
    Path running = store.work(Fingerprint.of("finetune", Map.of("b", 2)));
    Files.writeString(running.resolve("optimizer.bin"), "state");

    assertThat(found(WEEK))
        .containsExactlyInAnyOrder(dead.getParent(), store.work(done.fingerprint()));
    collect(WEEK);
    assertThat(mine.folder()).isDirectory();
    assertThat(running.resolve("optimizer.bin")).exists();
    mine.close();
  }

  @Test
  void theNoteOfWhoOwnedAFolderThatIsGoneGoesToo() throws IOException {
    Path staging = store.root().resolve("staging");
    Files.write(
        Files.createDirectories(staging).resolve("merge-gone.owner"),
        List.of(ThisHost.name(), Long.toString(Long.MAX_VALUE), "long ago"));
    Files.write(staging.resolve("merge-elsewhere.owner"), List.of("another-host", "1", "long ago"));

    collect(WEEK);

    assertThat(staging.resolve("merge-gone.owner")).doesNotExist();
    assertThat(staging.resolve("merge-elsewhere.owner")).exists();
  }

  @Test
  void nothingOutsideTheStoreIsTouched() throws IOException {
    Path release = Files.createDirectories(folder.resolve("release"));
    Files.writeString(release.resolve("model.safetensors"), "mine");
    StoredArtifact old = old("old");
    store.link("toy", "M1.fetch", release);
    Files.createSymbolicLink(old.folder().resolve("out"), release);

    collect(new GarbageCollection.Policy(Duration.ofDays(7), Set.of("toy")));

    assertThat(old.folder()).doesNotExist();
    assertThat(release.resolve("model.safetensors")).hasContent("mine");
  }

  /** Many readers against one collector: an artifact that a reader was promised stays. */
  @RepeatedTest(20)
  void aReaderAndACollectorNeverBothWin() throws Exception {
    StoredArtifact old = old("contested");
    GarbageCollection garbage = store.garbage();
    List<GarbageCollection.Item> items = garbage.find(WEEK);
    CountDownLatch start = new CountDownLatch(1);
    AtomicReference<Throwable> wrong = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      readers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                      try (InUse _ = store.use(List.of(old.folder()))) {
                        for (int look = 0; look < 50; look++) {
                          Files.readString(old.folder().resolve("model.safetensors"));
                        }
                      }
                    } catch (NoSuchFileException e) {
                      if (e.getReason() == null) {
                        wrong.set(e);
                      }
                    } catch (Exception e) {
                      wrong.set(e);
                    }
                  }));
    }
    start.countDown();
    garbage.remove(items, WEEK);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(wrong.get()).isNull();
  }

  @Test
  void aCollectorThatDiedHoldsNobodyUp() throws IOException {
    StoredArtifact artifact = publish("kept");
    Fingerprint print = artifact.fingerprint();
    Path announcement =
        Files.createFile(
            store.root().resolve("uses").resolve("merge-" + print.hex() + ".removing"));
    Files.setLastModifiedTime(
        announcement, FileTime.from(Instant.now().minus(Duration.ofMinutes(10))));

    assertThat(store.find(print)).isPresent();
    try (Stream<Path> uses = Files.list(store.root().resolve("uses"))) {
      assertThat(uses).isNotEmpty();
    }
  }

  @Test
  void mergedModelsOfOldReleasesGoThoughLaterModelsCameFromThem() throws IOException {
    StoredArtifact first = old("M1 merged");
    StoredArtifact second = old("M2 merged", first);
    StoredArtifact third = old("M3 merged", second);
    StoredArtifact tuned = old("M3 tuned", third);
    store.link("toy", "M1.x.merge", first.folder());
    store.link("toy", "M2.x.merge", second.folder());
    store.link("toy", "M3.x.merge", third.folder());
    store.link("toy", "M3.x.finetune", tuned.folder());
    GarbageCollection.Policy keeping =
        new GarbageCollection.Policy(
            Duration.ofDays(7),
            Set.of(),
            Map.of("toy", new KeepPolicies.Keep(1, List.of("M1", "M2", "M3"))));

    assertThat(found(WEEK)).isEmpty();
    assertThat(found(keeping)).containsExactlyInAnyOrder(first.folder(), second.folder());
    store.garbage().pinned().add(first.folder());
    assertThat(collect(keeping))
        .extracting(GarbageCollection.Item::path)
        .containsExactly(second.folder());

    // What they were made from is still told.
    assertThat(LineageGraph.of(tuned.folder()).all())
        .extracting(LineageNode::path)
        .containsExactly(first.folder(), second.folder(), third.folder(), tuned.folder());
    assertThat(store.find(second.fingerprint())).isEmpty();
  }

  @Test
  void aMergedModelThatAnotherSeriesNamesStays() throws IOException {
    StoredArtifact shared = old("shared");
    store.link("toy", "M1.x.merge", shared.folder());
    store.link("other", "M1.x.merge", shared.folder());
    KeepPolicies.Keep none = new KeepPolicies.Keep(0, List.of("M1"));

    assertThat(
            found(new GarbageCollection.Policy(Duration.ofDays(7), Set.of(), Map.of("toy", none))))
        .isEmpty();
    assertThat(
            found(
                new GarbageCollection.Policy(
                    Duration.ofDays(7), Set.of(), Map.of("toy", none, "other", none))))
        .containsExactly(shared.folder());
  }

  @Test
  void releasesThatCameLaterAreNewer() throws IOException {
    StoredArtifact old = old("old");
    StoredArtifact found = old("found");
    store.link("toy", "M1.x.merge", old.folder());
    store.link("toy", "stage2-a.fetch", folder);
    store.link("toy", "stage2-a.x.merge", found.folder());
    store.garbage().policies().set("toy", Optional.of(new KeepPolicies.Keep(1, List.of("M1"))));

    assertThat(
            found(
                new GarbageCollection.Policy(
                    Duration.ofDays(7), Set.of(), store.garbage().policies().all())))
        .containsExactly(old.folder());
    store.garbage().policies().set("toy", Optional.empty());
    assertThat(store.garbage().policies().all()).isEmpty();
  }
}
