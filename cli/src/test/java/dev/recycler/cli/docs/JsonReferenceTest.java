package dev.recycler.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/json.md is what the records that are printed as JSON say of themselves; {@code
 * -Drecycler.golden=write} renews it.
 */
class JsonReferenceTest {
  private static final Map<String, List<String>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put(
        "recycler status --json",
        List.of(
            "cli.status.Status",
            "cli.status.Status$Step",
            "cli.status.Status$Running",
            "cli.status.Status$Gpu"));
    COMMANDS.put("recycler list --json", List.of("cli.series.SeriesList$Entry"));
    COMMANDS.put(
        "recycler plan --json",
        List.of(
            "activities.preview.SeriesPreview",
            "activities.preview.StepPreview",
            "activities.preview.Finding"));
    COMMANDS.put("recycler doctor --json", List.of("cli.doctor.Finding"));
    COMMANDS.put(
        "recycler report --format json",
        Stream.of(
                "Report",
                "ScoreTable",
                "ScoreTable$Row",
                "Cell",
                "TransferTable",
                "TransferTable$Row",
                "TransferTable$Entry",
                "Gain",
                "Convergence",
                "Convergence$Curve",
                "Convergence$Point",
                "Place",
                "Cost",
                "StepCost",
                "Saving",
                "Failure")
            .map("cli.report."::concat)
            .toList());
  }

  @Test
  void theReferenceIsWhatTheRecordsSay() throws Exception {
    Path file = Documents.CHECKOUT.resolve("docs/json.md");
    String reference = reference();
    if ("write".equals(System.getProperty("recycler.golden"))) {
      Files.writeString(file, reference);
    }
    assertThat(file).content().as("docs/json.md is stale").isEqualTo(reference);
  }

  private static String reference() throws Exception {
    StringBuilder text =
        new StringBuilder(
            """
            # JSON

            What commands print for programs, on standard output; messages stay on standard error. Generated
            from the records that are printed. Fields may be added; none is renamed or changes its meaning, and
            what is not known is left out. `list` and `doctor` print lists. `merge`, `diff`, `analyze`,
            `publish`, `lineage`, `verify` and `gc` print small objects of their own with `--json`.

            """);
    for (Map.Entry<String, List<String>> command : COMMANDS.entrySet()) {
      text.append("## ").append(command.getKey()).append("\n\n");
      for (String name : command.getValue()) {
        section(text, Class.forName("dev.recycler." + name));
      }
    }
    return text.toString().strip() + "\n";
  }

  private static void section(StringBuilder text, Class<?> type) throws IOException {
    Javadoc javadoc = Javadoc.of(type);
    text.append("### ").append(type.getSimpleName()).append("\n\n");
    text.append(javadoc.summary()).append("\n\n| field | |\n|---|---|\n");
    for (RecordComponent component : type.getRecordComponents()) {
      text.append("| `")
          .append(component.getName())
          .append("` | ")
          .append(javadoc.parameters().getOrDefault(component.getName(), ""))
          .append(" |\n");
    }
    text.append('\n');
  }

  /** What a record's source says of it. */
  private record Javadoc(String summary, Map<String, String> parameters) {
    static Javadoc of(Class<?> type) throws IOException {
      String outer = type.getName().replaceFirst("\\$.*", "");
      String module = outer.replaceFirst("dev\\.recycler\\.(\\w+)\\..*", "$1");
      Path source =
          Documents.CHECKOUT.resolve(
              module + "/src/main/java/" + outer.replace('.', '/') + ".java");
      Matcher found =
          Pattern.compile(
                  "/\\*\\*((?:[^*]++|\\*(?!/))*+)\\*/\\s*(?:@\\w+(?:\\([^)]*\\))?\\s*)*"
                      + "(?:public |private )?(?:static )?record "
                      + type.getSimpleName()
                      + "\\(")
              .matcher(Files.readString(source));
      assertThat(found.find()).as("the Javadoc of %s", type).isTrue();
      String[] parts =
          found
              .group(1)
              .replaceAll("(?m)^\\s*\\*", "")
              .replaceAll("\\s+", " ")
              .split("@param ", -1);
      Map<String, String> parameters = new HashMap<>();
      for (int i = 1; i < parts.length; i++) {
        String[] words = parts[i].strip().split(" ", 2);
        parameters.put(words[0], words.length < 2 ? "" : markdown(words[1]));
      }
      return new Javadoc(markdown(parts[0]), parameters);
    }

    private static String markdown(String javadoc) {
      return javadoc
          .strip()
          .replaceAll("\\{@(?:code|link) (?:[\\w.]*#)?([^}]*)}", "`$1`")
          .replace("<p>", "")
          .replace("|", "\\|");
    }
  }
}
