package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.safetensors.Dtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the card and the lineage say of the inputs, without reading them twice. */
class InputIdentityTest {
  private static final String BLOB = "ab".repeat(32);

  @TempDir Path scratch;
  private Path out;

  @BeforeEach
  void makeModels() throws IOException {
    out = scratch.resolve("out");
    for (String role : List.of("base", "finetuned", "target")) {
      new TestModel()
          .withRandom("w", Dtype.BF16, List.of(3L, 2L), new Random(role.length()))
          .writeTo(scratch.resolve(role));
    }
  }

  private JsonNode inputs(MergeRequest request) throws Exception {
    MergeEngine.run(request, ProgressListener.NONE);
    return json(request.out().resolve("recycler.json")).path("inputs");
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(file));
  }

  private static String sha256(byte[] bytes) {
    return Digests.hex(Digests.sha256().digest(bytes));
  }

  private String card() throws IOException {
    return Files.readString(out.resolve("README.md"));
  }

  @Test
  void theHeadersDigestIsGivenAndCalledThat() throws Exception {
    JsonNode base = inputs(Requests.in(scratch, out)).path("base");
    byte[] file = Files.readAllBytes(scratch.resolve("base/model.safetensors"));
    int start =
        8 + Math.toIntExact(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    String digest = sha256(Arrays.copyOf(file, start));
    JsonNode entry = base.path("files").path(0);
    assertThat(entry.path("name").asText()).isEqualTo("model.safetensors");
    assertThat(entry.path("bytes").asInt()).isEqualTo(file.length);
    assertThat(entry.path("header_bytes").asInt()).isEqualTo(start);
    assertThat(entry.path("header_sha256").asText()).isEqualTo(digest);
    assertThat(entry.has("sha256")).isFalse();
    assertThat(base.path("path").asText()).isEqualTo(scratch.resolve("base").toString());
    assertThat(card())
        .contains(
            "| base | `model.safetensors` | %d | header only: `%s` |"
                .formatted(file.length, digest))
        .contains("not of their values");
  }

  @Test
  void theHubsCacheNamesModelRevisionAndDigest() throws Exception {
    Path cache = scratch.resolve("models--allenai--OLMo-2");
    Path snapshot = Files.createDirectories(cache.resolve("snapshots/0123abcd"));
    Files.createDirectories(cache.resolve("blobs"));
    Files.move(scratch.resolve("target/model.safetensors"), cache.resolve("blobs").resolve(BLOB));
    Files.createSymbolicLink(
        snapshot.resolve("model.safetensors"), Path.of("../../blobs").resolve(BLOB));
    JsonNode target =
        inputs(
                MergeRequest.of(
                    scratch.resolve("base"), scratch.resolve("finetuned"), snapshot, out))
            .path("target");
    assertThat(target.path("name").asText()).isEqualTo("allenai/OLMo-2");
    assertThat(target.path("revision").asText()).isEqualTo("0123abcd");
    assertThat(target.at("/files/0/sha256").asText()).isEqualTo(BLOB);
    assertThat(target.at("/files/0/sha256_from").asText())
        .isEqualTo("the hub cache's name of the file");
    assertThat(card())
        .contains("| target | `allenai/OLMo-2` | `0123abcd` |")
        .contains("`" + BLOB + "`, from the hub cache's name of the file");
  }

  @Test
  void aMergeOfAMergeQuotesTheDigestsTakenThen() throws Exception {
    Path first = scratch.resolve("first");
    MergeEngine.run(Requests.in(scratch, first), ProgressListener.NONE);
    JsonNode target =
        inputs(MergeRequest.of(scratch.resolve("base"), scratch.resolve("finetuned"), first, out))
            .path("target");
    assertThat(target.at("/files/0/sha256").asText())
        .isEqualTo(sha256(Files.readAllBytes(first.resolve("model.safetensors"))));
    assertThat(target.at("/files/0/sha256_from").asText())
        .isEqualTo("recycler.json beside the file");
  }

  @Test
  void theStoresRecordIsUnderstoodAndOneOfAnotherFileIsNot() throws Exception {
    long bytes = Files.size(scratch.resolve("base/model.safetensors"));
    record(scratch.resolve("base"), bytes);
    record(scratch.resolve("finetuned"), bytes + 1);
    Files.writeString(scratch.resolve("target/recycler.json"), "not JSON");
    JsonNode inputs = inputs(Requests.in(scratch, out));
    assertThat(inputs.at("/base/files/0/sha256").asText()).isEqualTo(BLOB);
    assertThat(inputs.at("/finetuned/files/0").has("sha256")).isFalse();
    assertThat(inputs.at("/target/files/0").has("sha256")).isFalse();
  }

  private static void record(Path model, long bytes) throws IOException {
    Files.writeString(
        model.resolve("recycler.json"),
        "{\"files\":[{\"path\":\"model.safetensors\",\"size\":%d,\"sha256\":\"%s\"}]}"
            .formatted(bytes, BLOB));
  }

  @Test
  void theCallersDigestsAreQuoted() throws Exception {
    JsonNode inputs = inputs(Requests.in(scratch, out).withDigests(Map.of("finetuned", "1234")));
    assertThat(inputs.at("/finetuned/digest").asText()).isEqualTo("1234");
    assertThat(inputs.path("base").has("digest")).isFalse();
    assertThat(card()).contains("Content digest of the finetuned: `1234`");
  }

  @Test
  void aDifferenceHasACardAndALineageToo() throws Exception {
    DiffEngine.Extracted extracted =
        DiffEngine.extract(Requests.in(scratch, out), ProgressListener.NONE);
    JsonNode lineage = json(out.resolve("recycler.json"));
    assertThat(lineage.path("operation").asText()).isEqualTo("diff");
    assertThat(lineage.path("inputs").has("base")).isTrue();
    assertThat(extracted.files()).hasSize(2);
    for (MergeReport.OutputFile file : extracted.files()) {
      String digest = sha256(Files.readAllBytes(out.resolve(file.name())));
      assertThat(file.sha256()).isEqualTo(digest);
      assertThat(lineage.path("files").path(file.name()).path("sha256").asText()).isEqualTo(digest);
    }
    assertThat(card())
        .startsWith("---\nlibrary_name: transformers\nbase_model:\n- \"finetuned\"\n- \"base\"\n")
        .contains("recycler diff apply --diff THIS-FOLDER");
  }
}
