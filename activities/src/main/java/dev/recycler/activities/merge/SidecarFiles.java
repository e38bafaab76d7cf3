package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes what belongs to a model beside its weights, with digests taken on the way. */
final class SidecarFiles {
  private static final Set<String> TOKENIZER =
      Set.of(
          "tokenizer.json",
          "tokenizer.model",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt",
          "spiece.model",
          "sentencepiece.bpe.model",
          "tekken.json",
          "chat_template.jinja",
          "chat_template.json");

  /** Where transformers keeps a model's further templates, each in a file of its own. */
  private static final String MORE_TEMPLATES = "additional_chat_templates";

  /** Taken from the fine-tuned model beside its tokenizer. */
  private static final Pattern OTHERS =
      Pattern.compile(
          "generation_config\\.json|preprocessor_config\\.json|processor_config\\.json"
              + "|video_preprocessor_config\\.json|LICENSE.*|NOTICE.*|USE_POLICY.*|.*\\.py");

  private final Path folder;
  private final List<MergeReport.OutputFile> written = new ArrayList<>();

  SidecarFiles(Path folder) {
    this.folder = folder;
  }

  /** The files that were written. */
  List<MergeReport.OutputFile> written() {
    return written;
  }

  /** The names of a model's tokenizer files, in the order of names. */
  static List<String> tokenizerOf(ModelFolder model) throws IOException {
    var names = new ArrayList<>(names(model.path()).stream().filter(TOKENIZER::contains).toList());
    Path more = model.path().resolve(MORE_TEMPLATES);
    if (Files.isDirectory(more)) {
      names(more).stream()
          .filter(name -> name.endsWith(".jinja"))
          .forEach(name -> names.add(MORE_TEMPLATES + "/" + name));
    }
    return names;
  }

  /**
   * The names of the other files that a model's folder has beside weights, config and tokenizer;
   * folders of such a name, like {@code LICENSES}, are none.
   */
  static List<String> othersOf(ModelFolder model) throws IOException {
    return names(model.path()).stream()
        .filter(name -> OTHERS.matcher(name).matches())
        .filter(name -> !Files.isDirectory(model.path().resolve(name)))
        .toList();
  }

  private static List<String> names(Path folder) throws IOException {
    try (var listing = Files.list(folder)) {
      return listing.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  void copy(ModelFolder from, String name) throws IOException {
    Path source = from.resolve(name);
    try (var in = Files.newInputStream(source)) {
      write(name, in::transferTo);
    }
  }

  void write(String name, byte[] bytes) throws IOException {
    write(name, out -> out.write(bytes));
  }

  private interface Body {
    void writeTo(DigestOutputStream out) throws IOException;
  }

  private void write(String name, Body body) throws IOException {
    Path file = folder.resolve(name);
    Folders.make(file.getParent());
    MessageDigest sha256 = Digests.sha256();
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        var out = new DigestOutputStream(Channels.newOutputStream(channel), sha256)) {
      body.writeTo(out);
      out.flush();
      channel.force(false);
      written.add(new MergeReport.OutputFile(name, channel.size(), Digests.hex(sha256.digest())));
      if (!file.getParent().equals(folder)) {
        Folders.force(file.getParent());
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw WeightWriter.explain(e, file, "writing it");
    }
  }
}
