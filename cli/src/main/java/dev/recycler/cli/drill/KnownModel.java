package dev.recycler.cli.drill;

import dev.recycler.activities.store.FileDigest;
import dev.recycler.activities.store.ModelFiles;
import dev.recycler.cli.drill.tool.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A model as an undisturbed run gives it. */
sealed interface KnownModel {
  /**
   * How the model in a folder differs from this; nothing where it is the same.
   *
   * @throws IOException where there is none, or none that can be read
   */
  Optional<String> difference(Path folder) throws IOException;

  /** Known by its values, which the drill has computed. */
  record Computed(TinyModel model) implements KnownModel {
    @Override
    public Optional<String> difference(Path folder) throws IOException {
      TinyModel made = TinyModel.read(folder);
      boolean equal =
          made.tensors().keySet().equals(model.tensors().keySet())
              && model.tensors().entrySet().stream()
                  .allMatch(
                      tensor ->
                          Arrays.equals(made.tensors().get(tensor.getKey()), tensor.getValue()));
      if (!equal) {
        return Optional.of("has other weights than the undisturbed run");
      }
      return made.tokenizer().equals(model.tokenizer())
          ? Optional.empty()
          : Optional.of("has another tokenizer than the undisturbed run");
    }
  }

  /**
   * Known by its files, which real tools have made.
   *
   * @param files SHA-256 of weights, configuration and tokenizer, by name
   */
  record Digested(SortedMap<String, String> files) implements KnownModel {
    /** The model that a folder holds now. */
    static Digested of(Path folder) throws IOException {
      SortedMap<String, String> files = new TreeMap<>();
      try (Stream<Path> entries = Files.list(folder)) {
        for (Path file : entries.filter(Files::isRegularFile).toList()) {
          String name = file.getFileName().toString();
          if (ModelFiles.includes(name)) {
            files.put(name, FileDigest.of(name, file).sha256());
          }
        }
      }
      return new Digested(files);
    }

    @Override
    public Optional<String> difference(Path folder) throws IOException {
      SortedMap<String, String> made = of(folder).files();
      TreeSet<String> names = new TreeSet<>(files.keySet());
      names.addAll(made.keySet());
      names.removeIf(name -> files.containsKey(name) && files.get(name).equals(made.get(name)));
      return names.isEmpty()
          ? Optional.empty()
          : Optional.of("has other files than the undisturbed run: " + String.join(", ", names));
    }
  }
}
