package dev.recycler.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {
  @Test
  void fractionsAreShownAsPercent() {
    Scale scale = Scale.of("exact_match,final-answer", List.of(0.0, 0.845, 1.0));
    assertThat(scale).isEqualTo(new Scale(true, false));
    assertThat(scale.text(0.845)).isEqualTo("84.5");
  }

  @Test
  void otherNumbersAreShownAsTheyAre() {
    assertThat(Scale.of("bleu", List.of(0.4, 23.7))).isEqualTo(new Scale(false, false));
  }

  @Test
  void aPerplexityIsNoPercentageAndBetterTheLower() {
    assertThat(Scale.of("word_perplexity,none", List.of(0.9))).isEqualTo(new Scale(false, true));
    assertThat(Scale.of("bits_per_byte", List.of(0.9))).isEqualTo(new Scale(false, true));
    assertThat(Scale.of("wer", List.of(0.2))).isEqualTo(new Scale(true, true));
  }

  @Test
  void whatIsNoNumberIsNotShownAsOne() {
    assertThat(new Scale(true, false).text(Double.NaN)).isEqualTo("not a number");
  }
}
