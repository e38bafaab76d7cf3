package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import java.io.IOException;
import java.util.List;

/**
 * Which files beside the weights the output takes over, and from whom: known, and found to be
 * readable files of their folders, before anything is written.
 *
 * @param main the model that gives config, licence and custom code: the fine-tuned one, or the
 *     target where that is an adapter
 * @param others names of its files
 * @param speaker the model that gives the tokenizer
 * @param tokenizer names of its files
 * @param notes what the user should know
 */
record Companions(
    ModelFolder main,
    List<String> others,
    ModelFolder speaker,
    List<String> tokenizer,
    List<String> notes) {

  /**
   * @throws BadCheckpointException where a file is a pipe, a device or a link out of its folder
   */
  static Companions of(Inputs inputs) throws IOException {
    ModelFolder main = inputs.finetuned().isAdapter() ? inputs.target() : inputs.finetuned();
    List<String> others = SidecarFiles.othersOf(main);
    ModelFolder speaker = inputs.finetuned();
    List<String> tokenizer = SidecarFiles.tokenizerOf(speaker);
    List<String> notes = List.of();
    if (tokenizer.isEmpty()) {
      speaker = inputs.target();
      tokenizer = SidecarFiles.tokenizerOf(speaker);
      notes =
          List.of(
              tokenizer.isEmpty()
                  ? "neither the fine-tuned model nor the target has a tokenizer"
                  : "the fine-tuned model has no tokenizer: the target's is used");
    }
    for (String name : others) {
      main.resolve(name);
    }
    for (String name : tokenizer) {
      speaker.resolve(name);
    }
    return new Companions(main, others, speaker, tokenizer, notes);
  }

  void copyTo(SidecarFiles sidecars) throws IOException {
    for (String name : tokenizer) {
      sidecars.copy(speaker, name);
    }
    for (String name : others) {
      sidecars.copy(main, name);
    }
  }
}
