package dev.recycler.workflows.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.recycler.workflows.EndedStep;
import dev.recycler.workflows.SeriesInput;
import dev.recycler.workflows.SpecFixtures;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.spec.Strategy;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

class SeriesPayloadsTest {
  private final DataConverter converter = SeriesPayloads.converter();

  @Test
  void aSmallSeriesCrossesAsJsonThatAPersonCanRead() {
    SeriesInput input = SeriesInput.of(SpecFixtures.series(2, List.of(Strategy.ITERATIVE)));
    Payload payload = converter.toPayload(input).orElseThrow();
    assertThat(payload.getData().toStringUtf8()).contains("\"series\":\"toy\"");
    assertThat(back(payload)).isEqualTo(input);
  }

  @Test
  void aHundredReleasesWithTenCheckpointsEachStayFarBelowTheServersLimit() {
    SeriesInput input =
        new SeriesInput(
            SpecFixtures.series(100, List.of(Strategy.values())),
            scores(100 * 3 * 12),
            false,
            0,
            List.of(),
            0);
    Payload payload = converter.toPayload(input).orElseThrow();
    assertThat(payload.getSerializedSize()).isLessThan(400_000);
    assertThat(back(payload)).isEqualTo(input);
  }

  @Test
  void refusesWhatIsDamagedOrWouldNotFitIntoMemory() throws IOException {
    assertThatThrownBy(() -> back(compressed(new byte[] {1, 2, 3})))
        .hasRootCauseInstanceOf(IOException.class);
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(bomb)) {
      for (int i = 0; i < 65; i++) {
        deflated.write(new byte[1024 * 1024]);
      }
    }
    assertThatThrownBy(() -> back(compressed(bomb.toByteArray())))
        .isInstanceOf(PayloadCodecException.class)
        .hasMessage("a payload is larger than 64 MiB when decompressed");
  }

  private SeriesInput back(Payload payload) {
    return converter.fromPayload(payload, SeriesInput.class, SeriesInput.class);
  }

  private static Payload compressed(byte[] data) {
    return Payload.newBuilder()
        .putMetadata("encoding", ByteString.copyFromUtf8("binary/zlib"))
        .setData(ByteString.copyFrom(data))
        .build();
  }

  private static List<EndedStep> scores(int count) {
    List<EndedStep> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String digest = Long.toHexString(0x9E3779B97F4A7C15L * (i + 1)).repeat(4);
      steps.add(
          new EndedStep(
              "M" + i + ".iterative.checkpoint-5000.evaluate.gsm8k",
              Instant.ofEpochMilli(1_790_000_000_000L + 12_345L * i),
              Instant.ofEpochMilli(1_790_000_100_000L + 23_456L * i),
              null,
              null,
              null,
              new Steps.Score(
                  "gsm8k",
                  "gsm8k::tulu",
                  "exact_match,final-answer",
                  Math.sin(i),
                  Math.cos(i),
                  1319,
                  "lm-eval 0.4.13",
                  "3",
                  "/data/recycler/artifacts/evaluate/" + digest + "/results.json",
                  false),
              null,
              null,
              null,
              false,
              null));
    }
    return steps;
  }
}
