package dev.recycler.activities.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HubFetchTest {
  private static final HubModel MODEL = HubModel.parse("hf://org/tiny");
  private static final byte[] WEIGHTS = weights(5000);
  private static final int RANGE = 1000;

  @TempDir private Path cache;
  private final HubServer server = start();
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();

  private static HubServer start() {
    try {
      return new HubServer();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void publish() {
    server.repositories.commit("org/tiny", files(WEIGHTS));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] weights(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static Map<String, byte[]> files(byte[] weights) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(".gitattributes", text("lfs"));
    files.put("README.md", text("# tiny"));
    files.put("LICENSE", text("free"));
    files.put("config.json", text("{\"model_type\":\"llama\"}"));
    files.put("generation_config.json", text("{}"));
    files.put("model.safetensors", weights);
    files.put("pytorch_model.bin", text("a pickle"));
    files.put("pytorch_model.bin.index.json", text("{}"));
    files.put("consolidated.safetensors", text("Meta's"));
    files.put("model.gguf", text("quantized"));
    files.put("tokenizer.json", text("{}"));
    files.put("tokenizer.model", text("sentencepiece"));
    files.put("picture.png", text("picture"));
    return files;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Hub hub(Optional<String> token) {
    return new Hub(
        new HubSettings(
            HttpUrl.get(server.endpoint() + "/"), cache, token.map(HubToken::new), false, 3),
        Backoff.USUAL,
        pauses::add,
        RANGE);
  }

  private Hub hub() {
    return hub(Optional.of("hf_right"));
  }

  private Hub.Fetched fetch() throws IOException, InterruptedException {
    return hub().fetch(MODEL, (doing, done, total, perSecond) -> {});
  }

  private HubException refused(Hub hub, HubModel model) {
    return catchThrowableOfType(
        HubException.class, () -> hub.fetch(model, (doing, done, total, perSecond) -> {}));
  }

  private long storageRequests() {
    return server.count(HubServer.Seen::storage);
  }

  @Test
  void fetchesWhatAMergeAndATrainerNeedAndNothingElse() throws Exception {
    Hub.Fetched fetched = fetch();

    try (Stream<Path> names = Files.list(fetched.folder())) {
      assertThat(names.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "LICENSE",
              "config.json",
              "generation_config.json",
              "model.safetensors",
              "tokenizer.json",
              "tokenizer.model");
    }
    assertThat(fetched.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(fetched.folder())
        .isEqualTo(cache.resolve("models--org--tiny/snapshots").resolve(fetched.commit()));
    assertThat(cache.resolve("models--org--tiny/refs/main")).hasContent(fetched.commit());
    assertThat(Files.readSymbolicLink(fetched.folder().resolve("model.safetensors")))
        .isEqualTo(Path.of("../../blobs/" + HubRepositories.sha256(WEIGHTS)));
    assertThat(Files.readSymbolicLink(fetched.folder().resolve("tokenizer.json")))
        .isEqualTo(Path.of("../../blobs/" + HubRepositories.gitSha1(text("{}"))));
  }

  @Test
  void theTokenGoesToTheHubAndNotToTheSignedPlace() throws Exception {
    fetch();

    assertThat(server.count(s -> !s.storage() && "Bearer hf_right".equals(s.authorization())))
        .isPositive();
    assertThat(server.count(s -> !s.storage() && s.authorization() == null)).isZero();
    assertThat(storageRequests()).isEqualTo(5 + 1);
    assertThat(server.tokensSeenByStorage()).isEmpty();
  }

  @Test
  void largeFilesComeInRanges() throws Exception {
    fetch();

    assertThat(server.seen.stream().filter(HubServer.Seen::storage).map(HubServer.Seen::range))
        .contains("bytes=0-999", "bytes=1000-1999", "bytes=4000-4999");
  }

  @Test
  void whatIsThereIsNotFetchedAgainAndACommitCostsNoRequest() throws Exception {
    Hub.Fetched first = fetch();
    server.seen.clear();

    fetch();
    assertThat(server.seen).extracting(HubServer.Seen::path).hasSize(1);
    server.seen.clear();
    Hub.Fetched again = hub().fetch(MODEL.at(first.commit()), (d, n, t, s) -> {});

    assertThat(server.seen).isEmpty();
    assertThat(again.folder()).isEqualTo(first.folder());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 499, 998, 999})
  void goesOnAtTheByteWhereTheConnectionWasCut(long bytes) throws Exception {
    server.cutAfter(bytes);
    server.cutAfter(bytes);
    server.cutAfter(bytes);

    Hub.Fetched fetched = fetch();

    assertThat(fetched.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    List<Long> starts =
        server.seen.stream()
            .filter(s -> s.storage() && s.range() != null)
            .map(s -> Long.valueOf(s.range().replaceAll("bytes=(\\d+)-.*", "$1")))
            .toList();
    assertThat(starts).hasSize(WEIGHTS.length / RANGE + 3);
    // A range may be cut more than once: each time it goes on by what had come.
    assertThat(starts)
        .allMatch(start -> start % RANGE == 0 || (bytes > 0 && start % RANGE % bytes == 0));
    assertThat(starts.stream().distinct().count())
        .isEqualTo(bytes == 0 ? WEIGHTS.length / RANGE : starts.size());
    assertThat(pauses).hasSize(3);
  }

  private static long length(HubServer.Seen seen) {
    String[] bounds = seen.range().substring("bytes=".length()).split("-", 2);
    return Long.parseLong(bounds[1]) - Long.parseLong(bounds[0]) + 1;
  }

  /** Every place that a worker may die at: its next one takes up what it left. */
  @ParameterizedTest
  @ValueSource(ints = {1, 700, 1000, 1001, 2500, 4999})
  void anotherWorkerGoesOnWhereAKilledOneLeft(int bytes) throws Exception {
    Hub one = hub();
    byte[] partly = java.util.Arrays.copyOf(WEIGHTS, bytes);
    Path blobs = Files.createDirectories(cache.resolve("models--org--tiny/blobs"));
    String sha = HubRepositories.sha256(WEIGHTS);
    Files.write(blobs.resolve(sha + ".recycler.incomplete"), partly);
    try (RangeJournal journal =
        RangeJournal.open(
            blobs.resolve(sha + ".recycler-ranges.incomplete"),
            blobs.resolve(sha + ".recycler.incomplete"),
            WEIGHTS.length,
            RANGE)) {
      // A new journal throws an unknown file away: it is put back as a killed worker leaves it.
      Files.write(blobs.resolve(sha + ".recycler.incomplete"), partly);
      for (int range = 0; range < journal.ranges(); range++) {
        journal.done(range, Math.clamp(bytes - journal.start(range), 0, journal.length(range)));
      }
    }

    Hub.Fetched fetched = one.fetch(MODEL, (doing, done, total, perSecond) -> {});

    assertThat(fetched.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(
            server.seen.stream()
                .filter(s -> s.storage() && s.range() != null)
                .mapToLong(HubFetchTest::length)
                .sum())
        .isEqualTo(WEIGHTS.length - bytes);
    try (Stream<Path> left = Files.list(blobs)) {
      assertThat(left).noneMatch(file -> file.toString().endsWith(".incomplete"));
    }
  }

  @Test
  void aTransferThatWasCancelledGoesOnLater() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    server.beforeStorage =
        () -> {
          if (storageRequests() > 2) {
            awaitQuietly(held);
          }
        };
    CancellationException cancelled =
        catchThrowableOfType(
            CancellationException.class,
            () ->
                hub()
                    .fetch(
                        MODEL,
                        (doing, done, total, perSecond) -> {
                          if (done > RANGE) {
                            throw new CancellationException();
                          }
                        }));
    assertThat(cancelled).isNotNull();
    held.countDown();
    server.beforeStorage = () -> {};
    server.seen.clear();

    assertThat(fetch().folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(
            server.seen.stream()
                .filter(s -> s.storage() && s.range() != null)
                .mapToLong(HubFetchTest::length)
                .sum())
        .isLessThan(WEIGHTS.length);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aWrongDigestIsRefusedAndNothingOfItKept() throws Exception {
    byte[] other = WEIGHTS.clone();
    other[4321] ^= 1;
    server.repositories.contents.put(HubRepositories.sha256(WEIGHTS), other);

    HubException refused = refused(hub(), MODEL);

    assertThat(refused.kind()).isEqualTo(HubException.Kind.PASSING);
    assertThat(refused)
        .hasMessageContaining("model.safetensors of org/tiny arrived with the digest")
        .hasMessageContaining(HubRepositories.sha256(WEIGHTS));
    try (Stream<Path> blobs = Files.list(cache.resolve("models--org--tiny/blobs"))) {
      assertThat(blobs.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(HubRepositories.sha256(WEIGHTS)));
    }
  }

  @Test
  void aJournalThatLiesIsFoundOutByTheDigest() throws Exception {
    Path blobs = Files.createDirectories(cache.resolve("models--org--tiny/blobs"));
    String sha = HubRepositories.sha256(WEIGHTS);
    Path partial = blobs.resolve(sha + ".recycler.incomplete");
    Path journal = blobs.resolve(sha + ".recycler-ranges.incomplete");
    try (RangeJournal ranges = RangeJournal.open(journal, partial, WEIGHTS.length, RANGE)) {
      Files.write(partial, new byte[WEIGHTS.length]);
      ranges.done(2, RANGE);
    }

    assertThat(fetch().folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void aBranchThatMovesBetweenTwoCallsGivesOneCommitWhole() throws Exception {
    String before = server.repositories.create("org/tiny").revisions.get("main");
    byte[] newer = weights(3000);
    server.beforeStorage = () -> server.repositories.commit("org/tiny", files(newer));

    Hub.Fetched fetched = fetch();

    assertThat(fetched.commit()).isEqualTo(before);
    assertThat(fetched.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(hub().commit(MODEL)).isNotEqualTo(before);
  }

  @Test
  void aHubThatSpeaksOfAnotherCommitIsNotBelieved() {
    server.failOnce(
        s -> s.path().endsWith("model.safetensors"), 200, Map.of("X-Repo-Commit", "f".repeat(40)));

    assertThat(refused(hub(), MODEL))
        .hasMessageContaining("speaks of commit " + "f".repeat(40))
        .hasMessageContaining("model.safetensors of org/tiny");
  }

  @Test
  void waitsAsLongAsTheHubAsks() throws Exception {
    server.failOnce(s -> s.path().contains("/revision/"), 429, Map.of("Retry-After", "17"));
    server.failOnce(s -> s.path().contains("/tree/"), 429, Map.of("RateLimit", "\"api\";r=0;t=41"));
    server.failOnce(HubServer.Seen::storage, 503, Map.of("Retry-After", "5"));

    fetch();

    assertThat(pauses)
        .containsExactlyInAnyOrder(
            Duration.ofSeconds(17), Duration.ofSeconds(41), Duration.ofSeconds(5));
  }

  @Test
  void givesUpOnAHubThatKeepsFailing() {
    for (int i = 0; i < 8; i++) {
      server.failOnce(s -> s.path().contains("/revision/"), 502, Map.of());
    }

    HubException refused = refused(hub(), MODEL);

    assertThat(refused).hasMessageContaining("answers 502 for org/tiny; try again later");
    assertThat(refused.kind()).isEqualTo(HubException.Kind.PASSING);
    assertThat(pauses).hasSize(7);
    assertThat(pauses.getLast()).isGreaterThan(pauses.getFirst().multipliedBy(8));
  }

  @Test
  void anAddressThatHasRunOutIsAskedForAgain() throws Exception {
    server.servesEachSignature = 2;

    assertThat(fetch().folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(server.count(s -> s.method().equals("HEAD") && s.path().endsWith(".safetensors")))
        .isGreaterThan(1);
  }

  @Test
  void aPlaceThatKnowsNoRangesIsReadToTheEnd() throws Exception {
    server.ranges = false;

    assertThat(fetch().folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void twoWorkersThatWantOneModelFetchItOnce() throws Exception {
    CountDownLatch both = new CountDownLatch(1);
    server.beforeStorage = () -> awaitQuietly(both);
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      Future<Hub.Fetched> one = workers.submit(this::fetch);
      Future<Hub.Fetched> other = workers.submit(this::fetch);
      while (server.count(s -> s.path().contains("/tree/")) < 2) {
        Thread.sleep(10);
      }
      both.countDown();
      assertThat(one.get().folder()).isEqualTo(other.get().folder());
    }

    assertThat(storageRequests()).isEqualTo(5 + 1);
    assertThat(server.count(s -> s.method().equals("GET") && s.path().endsWith("/config.json")))
        .isEqualTo(1);
  }

  @Test
  void refusalsSayWhatWouldBeRight() {
    HubModel nowhere = HubModel.parse("hf://org/nowhere");
    assertThat(refused(hub(), nowhere))
        .hasMessageContaining("there is no model org/nowhere on localhost")
        .hasMessageContaining("or the token may not read it; correct the name or HF_TOKEN");
    assertThat(refused(hub(Optional.empty()), nowhere))
        .hasMessageContaining("correct the name, or set HF_TOKEN if it is private");
    assertThat(refused(hub(), MODEL.at("step-9")))
        .hasMessageContaining("has no revision \"step-9\"; give a branch, a tag or a commit");
    HubException wrong = refused(hub(Optional.of("hf_wrong")), MODEL);
    assertThat(wrong).hasMessageContaining("does not know the token; set HF_TOKEN");
    assertThat(wrong.toString()).doesNotContain("hf_wrong");
    assertThat(wrong.kind()).isEqualTo(HubException.Kind.USER);
    assertThat(pauses).isEmpty();
  }

  @Test
  void aGatedModelNeedsItsTermsAcceptedAndAToken() throws Exception {
    server.repositories.create("org/tiny").gated = true;

    assertThat(refused(hub(Optional.empty()), MODEL))
        .hasMessage(
            "org/tiny is gated; accept its terms at %s/org/tiny and set HF_TOKEN to a token of that account"
                .formatted(server.endpoint()));
    assertThat(fetch().folder()).isDirectory();
  }

  @Test
  void picklesAloneAreRefused() {
    server.repositories.commit(
        "org/old", Map.of("config.json", text("{}"), "pytorch_model.bin", text("pickle")));

    assertThat(refused(hub(), HubModel.parse("hf://org/old")))
        .hasMessageContaining("holds no .safetensors file")
        .hasMessageContaining("pickles, which are never opened");
  }

  @Test
  void aNameThatLeavesTheFolderIsRefused() {
    server.repositories.commit("org/evil", Map.of("..", text("x"), "a.safetensors", text("y")));

    assertThat(refused(hub(), HubModel.parse("hf://org/evil")))
        .hasMessageContaining("lists a file that cannot be");
  }

  @Test
  void offlineUsesTheCacheAlone() throws Exception {
    Hub offline =
        new Hub(
            new HubSettings(
                HttpUrl.get(server.endpoint() + "/"), cache, Optional.empty(), true, 3));
    assertThat(refused(offline, MODEL)).hasMessageContaining("HF_HUB_OFFLINE");
    Hub.Fetched fetched = fetch();
    server.seen.clear();

    assertThat(offline.fetch(MODEL, (d, n, t, s) -> {}).folder()).isEqualTo(fetched.folder());
    assertThat(server.seen).isEmpty();
  }
}
