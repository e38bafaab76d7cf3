package dev.recycler.activities.merge;

import java.util.List;
import java.util.Locale;

/** Writes a merged model's {@code README.md}: what was merged from what, and how. */
final class ModelCard {
  private final MergeRequest request;
  private final List<InputIdentity> inputs;

  /**
   * @param inputs target, fine-tuned model and, where there is one, base
   */
  ModelCard(MergeRequest request, List<InputIdentity> inputs) {
    this.request = request;
    this.inputs = List.copyOf(inputs);
  }

  /**
   * The card of one output.
   *
   * @param files with their digests
   */
  String text(double scale, List<MergeReport.OutputFile> files, List<String> notes) {
    var card = new StringBuilder();
    CardParts.metadata(card, inputs);
    card.append("\n# ");
    String target = inputs.get(0).name();
    String finetuned = inputs.get(1).name();
    card.append(last(target)).append(" + ").append(last(finetuned));
    card.append("\n\nWeights of `").append(target).append("` with the fine-tuning of `");
    card.append(finetuned).append("` transferred to them, without training:\n\n");
    card.append("    merged = target + ").append(scale);
    card.append(inputs.size() > 2 ? " · (finetuned − base)\n" : " · Δ\n");
    CardParts.models(card, inputs);
    arithmetic(card);
    CardParts.notes(card, notes);
    CardParts.files(card, files);
    CardParts.inputFiles(card, inputs);
    CardParts.maker(card);
    return card.toString();
  }

  private void arithmetic(StringBuilder card) {
    card.append(
        """

        The sum is taken in float64 for every weight and rounded to nearest even; inputs were %s.
        The method is that of *Efficient Model Development through Fine-tuning Transfer*
        (arXiv 2503.20110).
        """
            .formatted(
                request.sum().load() == LoadMode.BFLOAT16
                    ? "rounded to bfloat16 first"
                    : "taken as stored"));
    request
        .sum()
        .scaleFor()
        .forEach(
            (pattern, own) ->
                card.append("\nTensors like `%s` have the scale %s.\n".formatted(pattern, own)));
    List<String> include = request.tensors().include();
    List<String> exclude = request.tensors().exclude();
    if (!include.isEmpty() || !exclude.isEmpty()) {
      card.append(
          "\nMerged are %s%s; other tensors are the target's.\n"
              .formatted(
                  include.isEmpty() ? "all tensors" : "tensors like " + include,
                  exclude.isEmpty() ? "" : " except those like " + exclude));
    }
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** The folder of an output among several: {@code scale-0.5}. */
  static String scaleFolder(double scale) {
    String text = Double.toString(scale);
    return "scale-"
        + (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text)
            .toLowerCase(Locale.ROOT);
  }
}
