package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The opened models of a merge. The caller closes them. */
record Inputs(Optional<ModelFolder> base, ModelFolder finetuned, ModelFolder target)
    implements Closeable {

  static Inputs open(MergeRequest request) throws IOException {
    var opened = new ArrayList<ModelFolder>();
    try {
      Optional<ModelFolder> base = Optional.empty();
      if (request.base().isPresent()) {
        base = Optional.of(openModel(request.base().get(), "base", opened));
      }
      ModelFolder finetuned = ModelFolder.open(request.finetuned());
      opened.add(finetuned);
      ModelFolder target = openModel(request.target(), "target", opened);
      for (ModelFolder folder : opened) {
        ModelConfig.requireUnquantized(folder);
      }
      return new Inputs(base, finetuned, target);
    } catch (IOException | RuntimeException e) {
      for (ModelFolder folder : opened) {
        try {
          folder.close();
        } catch (IOException closing) {
          e.addSuppressed(closing);
        }
      }
      throw e;
    }
  }

  /**
   * What is known of them: of the target, the fine-tuned model and, where there is one, the base.
   *
   * @param digests content digests that the caller knows, by role
   */
  List<InputIdentity> identities(Map<String, String> digests) throws IOException {
    var identities = new ArrayList<InputIdentity>();
    identities.add(identity("target", target, digests));
    identities.add(identity("finetuned", finetuned, digests));
    if (base.isPresent()) {
      identities.add(identity("base", base.get(), digests));
    }
    return identities;
  }

  private static InputIdentity identity(
      String role, ModelFolder folder, Map<String, String> digests) throws IOException {
    return InputIdentity.of(role, folder, Optional.ofNullable(digests.get(role)));
  }

  private static ModelFolder openModel(Path path, String role, List<ModelFolder> opened)
      throws IOException {
    ModelFolder folder = ModelFolder.open(path);
    opened.add(folder);
    if (folder.isAdapter()) {
      throw new BadCheckpointException(
          "%s is an adapter, not a model; only the fine-tuned side may be one, not the %s"
              .formatted(path, role));
    }
    return folder;
  }

  @Override
  public void close() throws IOException {
    closeAll(
        Stream.concat(base.stream(), Stream.of(finetuned, target)).toList(),
        new IOException("closing the models failed"));
  }

  /** Closes every folder; throws {@code failure} where one of them fails. */
  private static void closeAll(List<ModelFolder> folders, IOException failure) throws IOException {
    for (ModelFolder folder : folders) {
      try {
        folder.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }
}
