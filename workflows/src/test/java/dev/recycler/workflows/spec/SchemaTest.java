package dev.recycler.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The schema that editors use says what the parser says. */
class SchemaTest {
  private final JsonNode schema = read();

  @Test
  void namesTheParsersKeys() {
    assertKeys("", Keys.SERIES);
    assertKeys("/properties/releases/items", Keys.RELEASE);
    assertKeys("/properties/models/items", Keys.RELEASE);
    assertKeys("/properties/transfers/items", Keys.TRANSFER);
    assertKeys("/properties/finetune", Keys.FINETUNE);
    assertKeys("/properties/merge", Keys.MERGE);
    assertKeys("/$defs/limits", Keys.LIMITS);
    assertKeys("/properties/evaluate/items", Keys.EVALUATION);
    assertKeys("/properties/gates/items", Keys.GATE);
    assertKeys("/properties/connectivity", Keys.CONNECTIVITY);
    assertKeys("/properties/watch", Keys.WATCH);
    assertKeys("/properties/publish", Keys.PUBLISH);
    assertKeys("/properties/keep", Keys.KEEP);
    assertKeys("/properties/notify/items", Keys.NOTIFY);
  }

  @Test
  void namesTheParsersWords() {
    assertThat(words("/properties/finetune/properties/trainer"))
        .isEqualTo(Tool.names(Tool.TRAINERS));
    assertThat(words("/properties/evaluate/items/properties/harness"))
        .isEqualTo(Tool.names(Tool.HARNESSES));
    assertThat(words("/$defs/strategy"))
        .isEqualTo(Arrays.stream(Strategy.values()).map(Strategy::key).toList());
    assertThat(words("/properties/gates/items/properties/then"))
        .isEqualTo(Arrays.stream(GateSpec.Then.values()).map(GateSpec.Then::key).toList());
    assertThat(words("/properties/matrix"))
        .isEqualTo(Arrays.stream(Matrix.values()).map(Matrix::key).toList());
    assertThat(words("/properties/notify/items/properties/format"))
        .isEqualTo(Arrays.stream(NotifySpec.Format.values()).map(NotifySpec.Format::key).toList());
    assertThat(words("/$defs/news"))
        .isEqualTo(Arrays.stream(NotifySpec.News.values()).map(NotifySpec.News::key).toList());
    assertThat(words("/$defs/subject"))
        .isEqualTo(Arrays.stream(Subject.values()).map(Subject::key).toList());
  }

  private void assertKeys(String section, Iterable<String> keys) {
    JsonNode at = schema.at(section);
    assertThat(at.get("properties").fieldNames()).toIterable().containsExactlyElementsOf(keys);
    assertThat(at.get("additionalProperties").isBoolean()).isTrue();
  }

  private List<String> words(String place) {
    return StreamSupport.stream(schema.at(place).get("enum").spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }

  private static JsonNode read() {
    try (InputStream in = SeriesFile.class.getResourceAsStream("series.schema.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
