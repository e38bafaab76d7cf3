package dev.recycler.activities.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.activities.store.LineageNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The model card: front matter by the hub's rules (models and data sets are named only where they
 * are the hub's), and a text with formula, recipe, scores and origin.
 */
final class Card {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String title;
  private final LineageNode model;
  private final List<Scores> scores;
  private final Publication.Words words;
  private final StringBuilder text = new StringBuilder();

  private Card(String title, LineageNode model, List<Scores> scores, Publication.Words words) {
    this.title = title;
    this.model = model;
    this.scores = scores;
    this.words = words;
  }

  /**
   * The text of {@code README.md}.
   *
   * @param title the model's name
   * @param cast what was done to its dtype, or null
   */
  static String text(
      String title, LineageNode model, List<Scores> scores, Publication.Words words, String cast) {
    Card card = new Card(title, model, scores, words);
    card.frontMatter();
    card.body(cast);
    return card.text.toString();
  }

  private void frontMatter() {
    text.append("---\nlibrary_name: transformers\npipeline_tag: text-generation\n");
    if (words.license() != null) {
      text.append("license: ").append(quoted(words.license())).append('\n');
    }
    Set<String> bases = new LinkedHashSet<>();
    Set<String> data = new TreeSet<>(words.datasets());
    for (LineageNode node : model.all()) {
      hubName(node.name()).filter(_ -> node.kind().equals("release")).ifPresent(bases::add);
      hubName(node.name()).filter(_ -> node.kind().equals("data")).ifPresent(data::add);
    }
    list("base_model", bases);
    if (!bases.isEmpty()) {
      text.append("base_model_relation: ")
          .append(model.kind().equals("merge") ? "merge" : "finetune")
          .append('\n');
    }
    list("datasets", data);
    Set<String> tags = new TreeSet<>(Set.of("recycler"));
    model.all().stream()
        .map(LineageNode::kind)
        .filter(kind -> kind.equals("merge"))
        .forEach(tags::add);
    list("tags", tags);
    modelIndex();
    text.append("---\n\n");
  }

  private void list(String key, Set<String> values) {
    if (!values.isEmpty()) {
      text.append(key).append(":\n");
      values.forEach(value -> text.append("- ").append(quoted(value)).append('\n'));
    }
  }

  private void modelIndex() {
    if (scores.isEmpty()) {
      return;
    }
    text.append("model-index:\n- name: ").append(quoted(title)).append("\n  results:\n");
    for (Scores score : scores) {
      text.append("  - task:\n      type: text-generation\n    dataset:\n      name: ")
          .append(quoted(score.task()))
          .append("\n      type: ")
          .append(quoted(score.task().replaceAll("[^\\w.-]", "_")))
          .append("\n    metrics:\n    - name: ")
          .append(quoted(score.metric()))
          .append("\n      type: ")
          .append(quoted(score.metric().split(",", 2)[0]))
          .append("\n      value: ")
          .append(score.value())
          .append('\n');
    }
  }

  private void body(String cast) {
    text.append("# ").append(title).append("\n\n```\n").append(model.formula()).append("\n```\n\n");
    text.append(
        """
        Made by [iterative recycling-then-finetuning](https://arxiv.org/abs/2503.20110): what a
        fine-tuning changed is added to a newer base model, and fine-tuning goes on from there.
        """);
    if (cast != null) {
      text.append("\n").append(cast).append('\n');
    }
    scoreTable();
    recipe();
    origin();
  }

  private void scoreTable() {
    if (scores.isEmpty()) {
      return;
    }
    text.append(
        "\n## Scores\n\n| task | metric | value | examples | harness |\n|---|---|---|---|---|\n");
    for (Scores score : scores) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %.4f%s | %d | %s |%n",
              cell(score.task()),
              cell(score.metric()),
              score.value(),
              score.standardError() == null
                  ? ""
                  : String.format(Locale.ROOT, " ± %.4f", score.standardError()),
              score.examples(),
              cell(score.harness())));
    }
  }

  /** The recipe of the last fine-tuning; iterative ones have the same one throughout. */
  private void recipe() {
    List<LineageNode> all = model.all();
    for (int i = all.size() - 1; i >= 0; i--) {
      JsonNode parameters = all.get(i).record().path("parameters");
      if (all.get(i).kind().equals("finetune")) {
        text.append("\n## Recipe\n\nTrainer: ")
            .append(parameters.path("trainer").asText())
            .append(" (")
            .append(parameters.path("tool").asText())
            .append(")\n\n| argument | value |\n|---|---|\n");
        parameters
            .path("arguments")
            .properties()
            .forEach(
                each ->
                    text.append("| ")
                        .append(cell(each.getKey()))
                        .append(" | ")
                        .append(cell(each.getValue().asText()))
                        .append(" |\n"));
        return;
      }
    }
  }

  private void origin() {
    text.append("\n## Origin\n\n| | what | from | digest |\n|---|---|---|---|\n");
    List<LineageNode> all = model.all();
    for (int i = 0; i < all.size(); i++) {
      LineageNode node = all.get(i);
      List<String> from = new ArrayList<>();
      for (LineageNode.Input input : node.inputs()) {
        from.add(input.role() + " " + (all.indexOf(input.node()) + 1));
      }
      text.append(
          "| %d | %s %s | %s | `%s` |%n"
              .formatted(
                  i + 1, node.kind(), cell(node.name()), String.join(", ", from), node.digest()));
    }
    text.append("\n`recycler.json` has the same for programs.\n");
  }

  /** {@code org/name} where a name is the hub's. */
  static java.util.Optional<String> hubName(String name) {
    return java.util.Optional.of(name)
        .filter(text -> text.matches("[\\w.-]+/[\\w.-]+@[0-9a-f]{12}"))
        .map(text -> text.substring(0, text.indexOf('@')));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replaceAll("\\s+", " ");
  }

  /** A JSON string is a YAML one. */
  private static String quoted(String text) {
    return JSON.getNodeFactory().textNode(text).toString();
  }
}
