package dev.recycler.worker.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.recycler.workflows.payload.SeriesPayloads;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What crosses to the server cannot be read without a key, nor be changed. */
class EncryptionCodecTest {
  private static final String SECRET = "the-folder-of-the-model";
  private static final String FIRST = key("first", 1);
  private static final String SECOND = key("second", 2);

  @TempDir private Path folder;

  @Test
  void whatIsEncryptedIsReadAgainAndHoldsNothingOfTheText() throws IOException {
    for (String text : List.of(SECRET, SECRET.repeat(10_000))) {
      DataConverter converter = converter(codec(FIRST));
      Payload payload = converter.toPayload(text).orElseThrow();
      assertThat(payload.toByteString().toString(StandardCharsets.ISO_8859_1))
          .doesNotContain(SECRET.substring(0, 8))
          .contains("first");
      assertThat(converter.fromPayload(payload, String.class, String.class)).isEqualTo(text);
    }
  }

  @Test
  void theSameTextIsEncryptedInAnotherWayEachTime() throws IOException {
    DataConverter converter = converter(codec(FIRST));
    assertThat(converter.toPayload(SECRET)).isNotEqualTo(converter.toPayload(SECRET));
  }

  @Test
  void messagesOfFailuresAreEncryptedToo() throws IOException {
    DataConverter converter = converter(codec(FIRST));
    Failure failure =
        converter.exceptionToFailure(ApplicationFailure.newFailure("no " + SECRET, "USER"));
    assertThat(failure.toByteString().toString(StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
    assertThat(converter.failureToException(failure)).hasMessageContaining(SECRET);
  }

  @Test
  void withoutKeysNothingIsEncryptedAndWhatIsNotIsReadWithKeysToo() throws IOException {
    Payload clear = converter(codec("")).toPayload(SECRET).orElseThrow();
    assertThat(clear.getData().toStringUtf8()).contains(SECRET);
    assertThat(converter(codec(FIRST)).fromPayload(clear, String.class, String.class))
        .isEqualTo(SECRET);
  }

  @Test
  void aByteThatWasChangedIsNoticedAndSoIsAnExchangedKeyId() throws IOException {
    EncryptionCodec codec = codec(FIRST + "," + SECOND);
    Payload payload = converter(codec).toPayload(SECRET).orElseThrow();
    byte[] bytes = payload.getData().toByteArray();
    bytes[bytes.length / 2] ^= 1;
    Payload changed = payload.toBuilder().setData(ByteString.copyFrom(bytes)).build();
    assertThatThrownBy(() -> codec.decode(List.of(changed)))
        .isInstanceOf(UnreadablePayload.class)
        .hasMessageContaining("damaged");
    EncryptionCodec renamed = codec(key("first", 2));
    assertThatThrownBy(() -> renamed.decode(List.of(payload)))
        .isInstanceOf(UnreadablePayload.class)
        .hasMessageContaining("\"first\"", "is not the one");
  }

  @Test
  void aMissingKeyIsNamedWithThoseThatAreThere() throws IOException {
    Payload payload = converter(codec(FIRST)).toPayload(SECRET).orElseThrow();
    assertThatThrownBy(() -> codec(SECOND).decode(List.of(payload)))
        .isInstanceOf(UnreadablePayload.class)
        .hasMessage(
            "what the server holds of the series is encrypted with the key \"first\", and the keys"
                + " here are second; add it to the key file");
    assertThatThrownBy(() -> codec("").decode(List.of(payload)))
        .isInstanceOf(UnreadablePayload.class)
        .hasMessageContaining("no key is set here; set RECYCLER_ENCRYPTION_KEYS_FILE");
  }

  @Test
  void keysAreRotatedInTheFileUnderAProcessThatRuns() throws IOException {
    Path file = Files.writeString(folder.resolve("keys"), "# keys\n" + FIRST + "\n");
    EncryptionCodec codec =
        new EncryptionCodec(EncryptionKeys.of(Map.of(EncryptionKeys.FILE, file.toString())));
    Payload old = converter(codec).toPayload(SECRET).orElseThrow();
    rewrite(file, SECOND + "\n" + FIRST + "\n", 5);
    Payload rotated = converter(codec).toPayload(SECRET).orElseThrow();
    assertThat(old.getMetadataOrThrow(EncryptionCodec.KEY_ID).toStringUtf8()).isEqualTo("first");
    assertThat(rotated.getMetadataOrThrow(EncryptionCodec.KEY_ID).toStringUtf8())
        .isEqualTo("second");
    assertThat(converter(codec).fromPayload(old, String.class, String.class)).isEqualTo(SECRET);
    rewrite(file, "torn", 10);
    assertThat(converter(codec).fromPayload(old, String.class, String.class))
        .as("a file that cannot be read leaves the former keys")
        .isEqualTo(SECRET);
    rewrite(file, SECOND, 15);
    assertThatThrownBy(() -> codec.decode(List.of(old))).isInstanceOf(UnreadablePayload.class);
  }

  @Test
  void keysThatAreNoneAreToldWithoutBeingShown() {
    assertThatThrownBy(() -> codec("a: c2hvcnQ=")).hasMessageContaining("5 bytes, and AES-256");
    assertThatThrownBy(() -> codec("a: not~base64"))
        .hasMessageContaining("the key a is not base64")
        .hasMessageNotContaining("not~base64");
    assertThatThrownBy(() -> codec(FIRST + "," + FIRST)).hasMessageContaining("two keys");
    assertThatThrownBy(() -> codec("just-text")).hasMessageContaining("ID: BASE64");
    assertThatThrownBy(() -> EncryptionKeys.of(Map.of(EncryptionKeys.FILE, "/nowhere/keys")))
        .hasMessageContaining("/nowhere/keys, which is not a file");
  }

  private static void rewrite(Path file, String text, int later) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(later)));
  }

  private static EncryptionCodec codec(String keys) throws IOException {
    return new EncryptionCodec(EncryptionKeys.of(Map.of(EncryptionKeys.KEYS, keys)));
  }

  private static DataConverter converter(EncryptionCodec codec) {
    return SeriesPayloads.converter(codec, codec.encrypts());
  }

  private static String key(String id, int seed) {
    byte[] bytes = new byte[32];
    new Random(seed).nextBytes(bytes);
    return id + ": " + Base64.getEncoder().encodeToString(bytes);
  }
}
