package dev.recycler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class StoreCommandsTest {
  @TempDir private Path folder;
  private Sessions sessions;
  private ArtifactStore store;
  private StoredArtifact tuned;
  private StoredArtifact stray;

  /** A store with a merge, a fine-tuning of it that a series names, and one that nothing names. */
  @BeforeEach
  void setUp() throws IOException {
    sessions = new Sessions(folder, Map.of());
    store = ArtifactStore.open(folder.resolve("store"));
    Path m1 = Files.createDirectories(folder.resolve("m<1>"));
    StoredArtifact merged =
        publish(
            "merge",
            Map.of("scale", 0.5),
            List.of(
                new Lineage.Input("base", m1.toString(), "a".repeat(64)),
                new Lineage.Input("finetuned", folder.resolve("gone").toString(), "b".repeat(64)),
                new Lineage.Input("target", m1.toString(), "a".repeat(64))));
    tuned =
        publish(
            "finetune",
            Map.of("trainer", "trl"),
            List.of(
                new Lineage.Input("start", merged.folder().toString(), merged.digest()),
                new Lineage.Input("data", folder.resolve("chats").toString(), "d".repeat(64))));
    stray = publish("finetune", Map.of("trainer", "other"), List.of());
    store.link("toy", "M2.merge", merged.folder());
    store.link("toy", "M2.finetune", tuned.folder());
  }

  private StoredArtifact publish(
      String operation, Map<String, Object> parameters, List<Lineage.Input> inputs)
      throws IOException {
    Lineage lineage =
        new Lineage(
            parameters,
            inputs,
            List.of(),
            Map.of(),
            "host",
            Instant.EPOCH,
            Instant.EPOCH,
            Map.of("steps", 100),
            null);
    try (Staging staging = store.stage(Fingerprint.of(operation, parameters))) {
      Files.writeString(staging.folder().resolve("model.safetensors"), operation + parameters);
      return store.publish(staging, lineage, () -> {});
    }
  }

  private void age() throws IOException {
    FileTime then = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    try (Stream<Path> tree = Files.walk(store.root())) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, then);
      }
    }
  }

  private int run(String... args) {
    return new Cli(sessions.session()).run(args);
  }

  @Test
  void lineageIsATreeWithTheFormula() {
    assertThat(run("lineage", "store/series/toy/M2.finetune")).isZero();

    assertThat(sessions.out())
        .startsWith("FT(m<1> + 0.5 · (gone − m<1>))\n\nfinetune toy/M2.finetune  100 steps, trl  ")
        .contains("├─ start: merge toy/M2.merge  λ 0.5  ")
        .contains("│  ├─ base: release m<1>  aaaaaaaaaaaa")
        .contains("└─ data: data chats  dddddddddddd");
  }

  @Test
  void lineageAsJsonHasEveryNodeOnce() throws Exception {
    assertThat(run("lineage", tuned.folder().toString(), "--json")).isZero();

    JsonNode json = new ObjectMapper().readTree(sessions.out());
    assertThat(json.path("nodes")).hasSize(5);
    JsonNode last = json.path("nodes").get(4);
    assertThat(last.path("id")).isEqualTo(json.path("root"));
    assertThat(last.path("fingerprint").asText()).isEqualTo(tuned.fingerprint().hex());
  }

  @Test
  void aStatementToBeSignedHasEveryFilesDigest() throws Exception {
    assertThat(run("lineage", tuned.folder().toString(), "--in-toto")).isZero();

    JsonNode statement = new ObjectMapper().readTree(sessions.out());
    assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.path("predicateType").asText())
        .isEqualTo("https://slsa.dev/provenance/v1");
    assertThat(statement.path("subject")).hasSize(1);
    JsonNode subject = statement.path("subject").path(0);
    Path weights = tuned.folder().resolve(subject.path("name").asText());
    byte[] bytes = Files.readAllBytes(weights);
    assertThat(subject.path("digest").path("sha256").asText())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    JsonNode definition = statement.path("predicate").path("buildDefinition");
    assertThat(definition.path("buildType").asText()).isEqualTo("urn:recycler:finetune");
    assertThat(definition.path("resolvedDependencies"))
        .extracting(input -> input.path("name").asText())
        .containsExactlyInAnyOrder("start", "data");
    assertThat(statement.path("predicate").path("runDetails").path("metadata").path("invocationId"))
        .isEqualTo(new TextNode(tuned.fingerprint().hex()));
  }

  @Test
  void whatListsNoFilesHasNoStatement() throws Exception {
    Files.createDirectories(folder.resolve("bare"));
    Files.writeString(folder.resolve("bare/recycler.json"), "{\"operation\": \"merge\"}");
    assertThat(run("lineage", "bare", "--in-toto")).isEqualTo(2);
    assertThat(sessions.err()).contains("lists no files");
  }

  @Test
  void thePictureIsWellFormed() throws Exception {
    assertThat(run("lineage", tuned.folder().toString(), "--picture", "lineage.svg")).isZero();

    String svg = Files.readString(folder.resolve("lineage.svg"));
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    assertThat(document.getElementsByTagName("g").getLength()).isEqualTo(5);
    assertThat(document.getElementsByTagName("path").getLength()).isEqualTo(5);
  }

  /** Records as 'merge' and 'diff' write them; the models themselves need not be there any more. */
  @Test
  void lineageOfWhatCommandsWrote() throws Exception {
    Path diff = Files.createDirectories(folder.resolve("diff"));
    Files.writeString(
        diff.resolve("recycler.json"),
        """
        {"operation": "diff", "parameters": {}, "inputs": {
          "finetuned": {"path": "%1$s/tuned", "name": "tuned"},
          "base": {"path": "%1$s/snapshot", "name": "org/base", "revision": "0123456789abcdef"}}}
        """
            .formatted(folder));
    Path merged = Files.createDirectories(folder.resolve("merged"));
    Files.writeString(
        merged.resolve("recycler.json"),
        """
        {"operation": "merge", "parameters": {"scale": 0.5}, "inputs": {
          "target": {"path": "%1$s/new", "name": "new"},
          "finetuned": {"path": "%1$s/tuned", "name": "tuned"},
          "base": {"path": "%1$s/old", "name": "old"}}}
        """
            .formatted(folder));
    Path applied = Files.createDirectories(folder.resolve("applied"));
    Files.writeString(
        applied.resolve("recycler.json"),
        """
        {"operation": "merge", "parameters": {"scale": 1.0}, "inputs": {
          "target": {"path": "%1$s/merged", "name": "merged"},
          "finetuned": {"path": "%1$s/diff", "name": "diff"}}}
        """
            .formatted(folder));

    assertThat(run("lineage", "merged", "--json")).isZero();
    JsonNode json = new ObjectMapper().readTree(sessions.out());
    assertThat(json.path("formula").asText()).isEqualTo("new + 0.5 · (tuned − old)");
    assertThat(json.path("nodes").findValuesAsText("name"))
        .containsExactly("new", "tuned", "old", "merged");
    assertThat(json.path("nodes").findValuesAsText("path"))
        .containsExactly(
            folder + "/new", folder + "/tuned", folder + "/old", merged.toRealPath().toString());

    assertThat(run("lineage", "applied")).isZero();
    assertThat(sessions.out())
        .contains("(new + 0.5 · (tuned − old)) + (tuned − org/base@0123456789ab)\n")
        .contains("├─ target: merge merged  λ 0.5\n")
        .contains("└─ finetuned: diff diff\n");
  }

  @Test
  void aPublicationHasTheLineageOfTheModel() throws Exception {
    Path out = Files.createDirectories(folder.resolve("published"));
    Files.writeString(
        out.resolve("recycler.json"),
        """
        {"format": 1, "formula": "FT(org/m1@0123456789ab)", "published": {"digest": "bb"},
         "lineage": [
          {"id": 1, "kind": "release", "name": "org/m1@0123456789ab", "digest": "aa", "inputs": []},
          {"id": 2, "kind": "finetune", "name": "toy/M1.plain.finetune", "digest": "bb",
           "metrics": {"steps": 7}, "parameters": {"trainer": "trl"},
           "result": {"stopped": "gsm8k is 0.9", "steps": 7},
           "inputs": [{"role": "start", "id": 1}]}]}
        """);

    assertThat(run("lineage", "published")).isZero();
    assertThat(sessions.out())
        .isEqualTo(
            """
            FT(org/m1@0123456789ab) at step 7

            finetune toy/M1.plain.finetune  7 steps, trl  bb
            └─ start: release org/m1@0123456789ab  aa
            """);
  }

  @Test
  void whatNothingTellsOfHasNoLineage() throws Exception {
    assertThat(run("lineage", "store")).isEqualTo(2);
    assertThat(sessions.err())
        .isEqualTo(
            "recycler: store has no recycler.json, so nothing tells what it was made from; give a"
                + " folder that recycler wrote: a step's in a store, a merge's, or a"
                + " publication.\n");
    assertThat(run("lineage", "nowhere")).isEqualTo(2);
    Path damaged = Files.createDirectories(folder.resolve("damaged"));
    Files.writeString(damaged.resolve("recycler.json"), "{");
    assertThat(run("lineage", "damaged")).isEqualTo(2);
    assertThat(sessions.err()).endsWith("of damaged or of what it was made from is damaged.\n");
    assertThat(sessions.out()).isEmpty();
  }

  @Test
  void verifyReadsEverythingAndSaysWhatIsWrong() throws IOException {
    int code = run("verify", "store");
    assertThat(code).as(sessions.out() + sessions.err()).isZero();
    assertThat(sessions.err()).contains("3 of 3 folders are as recorded");

    Files.writeString(stray.folder().resolve("model.safetensors"), "other");

    assertThat(run("verify", "store")).isEqualTo(1);
    assertThat(sessions.out()).contains(stray.folder() + ": model.safetensors has 5 bytes where");
    assertThat(run("verify", "m<1>")).isEqualTo(2);
    assertThat(sessions.err()).contains("nothing tells what its files should be");
  }

  @Test
  void gcTouchesNothingUnlessItIsTold() throws IOException {
    age();

    assertThat(run("gc", "store")).isZero();
    assertThat(sessions.out()).contains(stray.folder().toString()).doesNotContain("toy");
    assertThat(sessions.err()).contains("1 folder, ").contains("could go; --yes removes them");
    assertThat(stray.folder()).isDirectory();

    assertThat(run("gc", "store", "--dry-run", "--yes")).isEqualTo(2);
    assertThat(run("gc", "store", "--dry-run")).isZero();
    assertThat(stray.folder()).exists();
    assertThat(run("gc", "store", "--yes")).isZero();
    assertThat(stray.folder()).doesNotExist();
    assertThat(tuned.folder()).isDirectory();
  }

  @Test
  void gcKeepsWhatIsPinned() throws IOException {
    age();
    assertThat(run("gc", "store", "--pin", stray.folder().toString())).isZero();

    assertThat(run("gc", "store", "--yes")).isZero();

    assertThat(stray.folder()).isDirectory();
    assertThat(run("gc", "store", "--pin", "m<1>")).isEqualTo(2);
  }

  @Test
  void gcForgetsASeriesOnlyWhereItIsToldThatItIsOver() throws IOException {
    age();
    assertThat(run("gc", "store", "--forget", "other", "--no-server")).isEqualTo(2);
    assertThat(sessions.err()).contains("knows no series other");

    assertThat(run("gc", "store", "--forget", "toy", "--no-server", "--yes")).isZero();

    assertThat(tuned.folder()).doesNotExist();
    assertThat(folder.resolve("store/series/toy")).doesNotExist();
  }

  @Test
  void publishingToTheHubNeedsAName() {
    assertThat(run("publish", "store", "--to", "hf://toy")).isEqualTo(2);
    assertThat(sessions.err()).contains("\"toy\" is not the name of a model on the hub");
  }
}
