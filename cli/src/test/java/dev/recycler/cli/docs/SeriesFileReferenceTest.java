package dev.recycler.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.workflows.spec.SeriesFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * docs/series-file.md is what the schema says; {@code -Drecycler.golden=write} renews it. That the
 * schema says what the parser takes is tested beside the parser.
 */
class SeriesFileReferenceTest {
  @Test
  void theReferenceIsWhatTheSchemaSays() throws IOException {
    Path file = Documents.CHECKOUT.resolve("docs/series-file.md");
    String reference = new SeriesFileReference(schema()).text();
    if ("write".equals(System.getProperty("recycler.golden"))) {
      Files.writeString(file, reference);
    }
    assertThat(file).content().as("docs/series-file.md is stale").isEqualTo(reference);
  }

  private static JsonNode schema() throws IOException {
    try (InputStream in = SeriesFile.class.getResourceAsStream("series.schema.json")) {
      return new ObjectMapper().readTree(in);
    }
  }
}
