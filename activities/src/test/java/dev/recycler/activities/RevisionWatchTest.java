package dev.recycler.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.recycler.activities.hub.HubServer;
import dev.recycler.activities.hub.TinyCheckpoint;
import dev.recycler.workflows.activity.Watches;
import dev.recycler.workflows.activity.Watches.LookInput;
import dev.recycler.workflows.activity.Watches.Revision;
import dev.recycler.workflows.activity.Watches.Seen;
import dev.recycler.workflows.spec.WatchSpec;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a look at a hub finds. */
@Timeout(60)
class RevisionWatchTest {
  private static final WatchSpec WATCH = new WatchSpec("org/tiny", "stage2-*", 3600);

  @TempDir private Path folder;
  private HubServer server;

  @BeforeEach
  void start() throws IOException {
    server = new HubServer();
    server.commit("org/tiny", TinyCheckpoint.files(1, 1000));
    server.commit("org/tiny", "stage2-step100", TinyCheckpoint.files(2, 1000));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Seen look(String... known) {
    return watch().look(new LookInput("toy", store(), WATCH, List.of(known), null));
  }

  private String store() {
    return folder.resolve("store").toString();
  }

  private RevisionWatch watch() {
    return new RevisionWatch(
        Map.of("HF_ENDPOINT", server.endpoint(), "HF_HOME", folder.resolve("hf").toString()),
        folder);
  }

  @Test
  void onlyWhatCameAfterTheFirstLookAndMatchesIsNew() throws Exception {
    assertThat(look()).isEqualTo(new Seen(List.of(), 1, null));
    server.commit("org/tiny", "stage1-step900", TinyCheckpoint.files(3, 1000));
    String commit = server.commit("org/tiny", "stage2-step200", TinyCheckpoint.files(4, 1000));

    assertThat(look())
        .isEqualTo(new Seen(List.of(new Revision("stage2-step200", commit, null)), 1, null));
    assertThat(look("stage2-step200").fresh()).isEmpty();
  }

  @Test
  void aSeriesThatIsStartedAgainSeesTheSameAsNew() throws Exception {
    look();
    server.commit("org/tiny", "stage2-step200", TinyCheckpoint.files(4, 1000));

    // The workflow's memory is gone; the store is not.
    assertThat(look().fresh()).extracting(Revision::name).containsExactly("stage2-step200");
    assertThat(watch().look(new LookInput("other", store(), WATCH, List.of(), null)).fresh())
        .as("another series looks for the first time")
        .isEmpty();
  }

  /** Else what it had trained would be trained again: each release's start is the one before it. */
  @Test
  void aSeriesThatIsStartedAgainGetsThemInTheOrderAndAtTheCommitsOfBefore() throws Exception {
    look();
    String later = server.commit("org/tiny", "stage2-step2000", TinyCheckpoint.files(4, 1000));
    look();
    String earlier = server.commit("org/tiny", "stage2-step1500", TinyCheckpoint.files(5, 1000));
    look("stage2-step2000");
    server.commit("org/tiny", "stage2-step2000", TinyCheckpoint.files(6, 1000));

    assertThat(look().fresh())
        .containsExactly(
            new Revision("stage2-step2000", later, null),
            new Revision("stage2-step1500", earlier, null));
  }

  @Test
  void revisionsComeInTheOrderOfTheirNumbers() throws Exception {
    look();
    for (String step : List.of("11931", "6000", "12000")) {
      server.commit("org/tiny", "stage2-step" + step, TinyCheckpoint.files(4, 1000));
    }

    assertThat(look().fresh())
        .extracting(Revision::name)
        .containsExactly("stage2-step6000", "stage2-step11931", "stage2-step12000");
  }

  @Test
  void aModelThatIsNotWholeYetSaysWhatItLacks() throws Exception {
    look();
    Map<String, byte[]> half = new LinkedHashMap<>();
    half.put("README.md", "soon".getBytes(StandardCharsets.UTF_8));
    server.commit("org/tiny", "stage2-a", half);
    half.put("config.json", "{}".getBytes(StandardCharsets.UTF_8));
    half.put("model-00001-of-00002.safetensors", new byte[8]);
    server.commit("org/tiny", "stage2-b", half);

    assertThat(look().fresh())
        .extracting(Revision::problem)
        .containsExactly(
            "it has no config.json yet", "it has no model-00002-of-00002.safetensors yet");
  }

  @Test
  void nothingNewIsNoResultButAnotherLookLater() throws Exception {
    Seen heard = look();
    ApplicationFailure later =
        catchThrowableOfType(
            ApplicationFailure.class,
            () -> watch().look(new LookInput("toy", store(), WATCH, List.of(), heard)));
    assertThat(later.getType()).isEqualTo(Watches.NOTHING_NEW);
    assertThat(later.isNonRetryable()).isFalse();
    assertThat(later.getNextRetryDelay()).isEqualTo(Duration.ofSeconds(WATCH.everySeconds()));

    server.commit("org/tiny", "stage2-step200", TinyCheckpoint.files(4, 1000));
    assertThat(watch().look(new LookInput("toy", store(), WATCH, List.of(), heard)).fresh())
        .extracting(Revision::name)
        .containsExactly("stage2-step200");
  }

  @Test
  void aRepositoryThatIsNotThereIsToldOnce() {
    WatchSpec wrong = new WatchSpec("org/none", "stage2-*", 3600);
    Seen seen = watch().look(new LookInput("toy", store(), wrong, List.of(), null));

    assertThat(seen.trouble()).contains("there is no model org/none on");
    assertThatThrownBy(() -> watch().look(new LookInput("toy", store(), wrong, List.of(), seen)))
        .asInstanceOf(type(ApplicationFailure.class))
        .returns(Watches.NOTHING_NEW, ApplicationFailure::getType);
  }
}
