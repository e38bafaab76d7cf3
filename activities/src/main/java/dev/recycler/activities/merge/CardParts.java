package dev.recycler.activities.merge;

import java.util.LinkedHashSet;
import java.util.List;

/** The parts that the cards of merged models and of differences share. */
final class CardParts {
  private CardParts() {}

  /** What the hub reads of a card. */
  static void metadata(StringBuilder card, List<InputIdentity> inputs) {
    var names = new LinkedHashSet<String>();
    inputs.forEach(input -> names.add(input.name()));
    card.append("---\nlibrary_name: transformers\nbase_model:\n");
    names.forEach(name -> card.append("- ").append(quoted(name)).append('\n'));
    card.append("base_model_relation: merge\ntags:\n- merge\n- recycler\n---\n");
  }

  private static String quoted(String name) {
    return "\"%s\"".formatted(name.replace("\\", "\\\\").replace("\"", "\\\""));
  }

  static void models(StringBuilder card, List<InputIdentity> inputs) {
    card.append("\n| | model | revision |\n|---|---|---|\n");
    for (InputIdentity input : inputs) {
      String revision = input.revision().map(known -> "`" + known + "`").orElse("");
      card.append("| %s | `%s` | %s |\n".formatted(input.role(), input.name(), revision));
    }
  }

  static void notes(StringBuilder card, List<String> notes) {
    if (!notes.isEmpty()) {
      card.append("\n## Notes\n\n");
      notes.forEach(note -> card.append("- ").append(note).append('\n'));
    }
  }

  static void files(StringBuilder card, List<MergeReport.OutputFile> files) {
    card.append("\n## Files\n\n| file | bytes | SHA-256 |\n|---|---|---|\n");
    for (MergeReport.OutputFile file : files) {
      card.append("| `%s` | %d | `%s` |\n".formatted(file.name(), file.bytes(), file.sha256()));
    }
  }

  static void inputFiles(StringBuilder card, List<InputIdentity> inputs) {
    card.append("\n## Inputs\n\n| | file | bytes | SHA-256 |\n|---|---|---|---|\n");
    boolean headers = false;
    for (InputIdentity input : inputs) {
      for (InputIdentity.File file : input.files()) {
        headers |= file.known().isEmpty();
        String digest =
            file.known()
                .map(known -> "`%s`, from %s".formatted(known.sha256(), known.from()))
                .orElse("header only: `%s`".formatted(file.header().headerSha256()));
        card.append(
            "| %s | `%s` | %d | %s |\n"
                .formatted(input.role(), file.header().name(), file.header().bytes(), digest));
      }
    }
    if (headers) {
      card.append(
          """

          Inputs are read once and not digested on the way. Where nobody had taken a file's digest
          before, the one of its header is given: of the names, types, shapes and places of its
          tensors, not of their values.
          """);
    }
    for (InputIdentity input : inputs) {
      input
          .digest()
          .ifPresent(
              digest ->
                  card.append(
                      "\nContent digest of the %s: `%s`\n".formatted(input.role(), digest)));
    }
  }

  static void maker(StringBuilder card) {
    card.append("\nMade with recycler ").append(Version.get()).append(".\n");
  }
}
