package dev.recycler.activities.merge;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes a merged model's {@code README.md}: what was merged from what, and how. */
final class ModelCard {
  private static final Pattern HUB_CACHE =
      Pattern.compile("models--([^/]+?)--([^/]+)/snapshots/([^/]+)$");

  private ModelCard() {}

  /** A model as the card names it: its hub name where that is known, else its folder's. */
  static String nameOf(Path folder, Optional<ModelConfig> config) {
    Path place = folder.toAbsolutePath().normalize();
    Matcher matcher = HUB_CACHE.matcher(place.toString());
    if (matcher.find()) {
      return matcher.group(1) + "/" + matcher.group(2);
    }
    return config
        .flatMap(ModelConfig::origin)
        .filter(origin -> origin.matches("[\\w.-]+/[\\w.-]+"))
        .orElse(place.getFileName() == null ? "model" : place.getFileName().toString());
  }

  /**
   * @param names of target, fine-tuned model and, where there is one, base
   * @param files with their digests
   */
  static String text(
      MergeRequest request,
      double scale,
      List<String> names,
      List<MergeReport.OutputFile> files,
      List<String> notes,
      String version) {
    var card = new StringBuilder("---\nlibrary_name: transformers\nbase_model:\n");
    new LinkedHashSet<>(names).forEach(name -> card.append("- ").append(quoted(name)).append('\n'));
    card.append("base_model_relation: merge\ntags:\n- merge\n- recycler\n---\n\n# ")
        .append(title(names))
        .append("\n\nWeights of `")
        .append(names.get(0))
        .append("` with the fine-tuning of `")
        .append(names.get(1))
        .append("` transferred to them, without training");
    if (names.size() > 2) {
      card.append(":\n\n    merged = target + ").append(scale).append(" · (finetuned − base)\n");
    } else {
      card.append(":\n\n    merged = target + ").append(scale).append(" · Δ\n");
    }
    card.append("\n| | model |\n|---|---|\n| target | `")
        .append(names.get(0))
        .append("` |\n| finetuned | `")
        .append(names.get(1))
        .append("` |\n");
    if (names.size() > 2) {
      card.append("| base | `").append(names.get(2)).append("` |\n");
    }
    card.append(
        """

        The sum is taken in float64 for every weight and rounded to nearest even; inputs were %s.
        The method is that of *Efficient Model Development through Fine-tuning Transfer*
        (arXiv 2503.20110).
        """
            .formatted(
                request.load() == LoadMode.BFLOAT16
                    ? "rounded to bfloat16 first"
                    : "taken as stored"));
    request
        .scaleFor()
        .forEach(
            (pattern, own) ->
                card.append("\nTensors like `%s` have the scale %s.\n".formatted(pattern, own)));
    if (!request.include().isEmpty() || !request.exclude().isEmpty()) {
      card.append(
          "\nMerged are %s%s; other tensors are the target's.\n"
              .formatted(
                  request.include().isEmpty() ? "all tensors" : "tensors like " + request.include(),
                  request.exclude().isEmpty() ? "" : " except those like " + request.exclude()));
    }
    if (!notes.isEmpty()) {
      card.append("\n## Notes\n\n");
      notes.forEach(note -> card.append("- ").append(note).append('\n'));
    }
    card.append("\n## Files\n\n| file | bytes | SHA-256 |\n|---|---|---|\n");
    for (MergeReport.OutputFile file : files) {
      card.append("| `%s` | %d | `%s` |\n".formatted(file.name(), file.bytes(), file.sha256()));
    }
    return card.append("\nMade with recycler ").append(version).append(".\n").toString();
  }

  private static String title(List<String> names) {
    return "%s + %s".formatted(last(names.get(0)), last(names.get(1)));
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  private static String quoted(String name) {
    return "\"%s\"".formatted(name.replace("\\", "\\\\").replace("\"", "\\\""));
  }

  /** The folder of an output among several: {@code scale-0.5}. */
  static String scaleFolder(double scale) {
    String text = Double.toString(scale);
    return "scale-"
        + (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text)
            .toLowerCase(Locale.ROOT);
  }
}
