package dev.recycler.activities.merge;

import java.util.List;

/** Writes the {@code README.md} of a difference: what was taken from what, and how to add it. */
final class DiffCard {
  private DiffCard() {}

  /**
   * @param inputs fine-tuned model and base
   * @param files with their digests
   */
  static String text(
      MergeRequest request,
      List<InputIdentity> inputs,
      List<MergeReport.OutputFile> files,
      List<String> notes) {
    var card = new StringBuilder();
    CardParts.metadata(card, inputs);
    card.append("\n# Difference of ").append(inputs.get(0).name());
    card.append("\n\nNot a model, but what fine-tuning changed, to be added to another base:\n\n");
    card.append("    difference = finetuned − base\n");
    card.append("    recycler diff apply --diff THIS-FOLDER --target MODEL --out NEW-FOLDER\n");
    CardParts.models(card, inputs);
    card.append(
        "\nTaken in float64; the models were %s.\n"
            .formatted(
                request.sum().load() == LoadMode.BFLOAT16
                    ? "rounded to bfloat16 first"
                    : "taken as stored"));
    CardParts.notes(card, notes);
    CardParts.files(card, files);
    CardParts.inputFiles(card, inputs);
    CardParts.maker(card);
    return card.toString();
  }
}
