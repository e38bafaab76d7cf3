package dev.recycler.activities.safetensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A Hugging Face model folder, opened for reading: its weights in one {@code model.safetensors}, in
 * shards with an index, or in the {@code adapter_model.safetensors} of an adapter. Everything that
 * its files declare has been checked; files stay open, so what was checked is what is read.
 *
 * <p>Reading is safe from several threads. The caller closes the folder.
 */
public final class ModelFolder implements Closeable {
  /** The weights of a model in one file. */
  public static final String SINGLE = "model.safetensors";

  /** The weights of a PEFT adapter. */
  public static final String ADAPTER = "adapter_model.safetensors";

  private final FolderGuard guard;
  private final Map<String, SafetensorsFile> files = new LinkedHashMap<>();
  private final Map<String, TensorInfo> tensors = new TreeMap<>();
  private final Map<String, String> fileOf = new TreeMap<>();

  private ModelFolder(FolderGuard guard) {
    this.guard = guard;
  }

  /**
   * Opens a model folder, or an adapter's.
   *
   * @throws BadCheckpointException where it is not a whole and well-formed one
   * @throws IOException where the machine fails to read it
   */
  public static ModelFolder open(Path folder) throws IOException {
    var model = new ModelFolder(new FolderGuard(folder));
    try {
      model.openFiles();
      return model;
    } catch (IOException | RuntimeException e) {
      try {
        model.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private void openFiles() throws IOException {
    boolean indexed = guard.has(ShardIndex.NAME);
    boolean single = guard.has(SINGLE);
    if (indexed) {
      openShards(single);
    } else if (single) {
      openSingle(SINGLE);
    } else if (guard.has(ADAPTER)) {
      openSingle(ADAPTER);
    } else {
      throw new BadCheckpointException(explainMissing());
    }
  }

  private void openSingle(String name) throws IOException {
    SafetensorsFile file = SafetensorsFile.open(guard, name);
    files.put(name, file);
    file.header().tensors().forEach(tensor -> add(tensor, name));
  }

  private void openShards(boolean singleToo) throws IOException {
    String indexPath = path().resolve(ShardIndex.NAME).toString();
    ShardIndex index =
        ShardIndex.parse(indexPath, guard.read(ShardIndex.NAME, ShardIndex.MAX_BYTES));
    var names = new LinkedHashSet<>(index.weightMap().values());
    if (singleToo && !names.contains(SINGLE)) {
      throw new BadCheckpointException(
          "%s has both %s and an index of other files; remove the one that is out of date"
              .formatted(path(), SINGLE));
    }
    for (String name : names) {
      if (!guard.has(name)) {
        throw new BadCheckpointException(
            "%s: names the file \"%s\", which does not exist".formatted(indexPath, name));
      }
      SafetensorsFile file = SafetensorsFile.open(guard, name);
      files.put(name, file);
      for (TensorInfo tensor : file.header().tensors()) {
        String listed = index.weightMap().get(tensor.name());
        if (!name.equals(listed)) {
          throw new BadCheckpointException(
              "%s: holds tensor \"%s\", which %s"
                  .formatted(
                      file.path(),
                      HeaderParser.brief(tensor.name()),
                      listed == null
                          ? "the index does not list"
                          : "the index puts into \"" + listed + "\""));
        }
        add(tensor, name);
      }
    }
    for (var entry : index.weightMap().entrySet()) {
      if (!tensors.containsKey(entry.getKey())) {
        throw new BadCheckpointException(
            "%s: puts tensor \"%s\" into \"%s\", which does not hold it"
                .formatted(indexPath, HeaderParser.brief(entry.getKey()), entry.getValue()));
      }
    }
  }

  private void add(TensorInfo tensor, String file) {
    tensors.put(tensor.name(), tensor);
    fileOf.put(tensor.name(), file);
  }

  private String explainMissing() throws IOException {
    try (var listing = Files.list(path())) {
      List<String> names = listing.map(file -> file.getFileName().toString()).sorted().toList();
      Optional<String> pickle =
          names.stream().filter(name -> name.matches(".*\\.(bin|pt|pth|ckpt|pkl)")).findFirst();
      if (pickle.isPresent()) {
        String with =
            pickle.get().startsWith("adapter")
                ? "PEFT: PeftModel"
                : "transformers: AutoModelForCausalLM";
        return ("%s holds pickle weights (%s), which are never opened because they can run code; convert them"
                + " with %s.from_pretrained(…).save_pretrained(…)")
            .formatted(path(), pickle.get(), with);
      }
      Optional<String> other =
          names.stream().filter(name -> name.endsWith(".safetensors")).findFirst();
      return other
          .map(
              name ->
                  "%s holds %s but neither %s nor %s; rename the file or add the index"
                      .formatted(path(), name, SINGLE, ShardIndex.NAME))
          .orElseGet(
              () ->
                  "%s holds no weights; %s or %s is needed"
                      .formatted(path(), SINGLE, ShardIndex.NAME));
    }
  }

  /** The folder as it was named. */
  public Path path() {
    return guard.folder();
  }

  /** The folder with links resolved. */
  public Path realPath() {
    return guard.real();
  }

  /** All tensors by name, in the order of names. */
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** All tensors, file by file, in the order of their bytes. */
  public List<TensorInfo> tensorsInFileOrder() {
    var ordered = new ArrayList<TensorInfo>();
    files.values().forEach(file -> ordered.addAll(file.header().tensors()));
    return ordered;
  }

  /** The names of the weight files. */
  public Collection<String> weightFiles() {
    return Collections.unmodifiableSet(files.keySet());
  }

  /** What is known of each weight file without reading its weights. */
  public List<WeightFileIdentity> identities() {
    return files.values().stream().map(SafetensorsFile::identity).toList();
  }

  /** The name of the weight file that holds a tensor. */
  public String fileOf(TensorInfo tensor) {
    return fileOf.get(tensor.name());
  }

  /** Whether there is more than one weight file, or an index. */
  public boolean isSharded() {
    return files.size() > 1 || (!files.containsKey(SINGLE) && !files.containsKey(ADAPTER));
  }

  /** Whether this is a PEFT adapter's folder. */
  public boolean isAdapter() {
    return files.containsKey(ADAPTER);
  }

  /** The strings that the first weight file carries under {@code __metadata__}. */
  public Map<String, String> metadata() {
    return files.values().iterator().next().header().metadata();
  }

  /** The size of all tensors, in bytes. */
  public long bytes() {
    return tensors.values().stream().mapToLong(TensorInfo::bytes).sum();
  }

  /** The bytes of a small file beside the weights, empty where there is none. */
  public Optional<byte[]> sidecar(String name, int limit) throws IOException {
    return guard.has(name) ? Optional.of(guard.read(name, limit)) : Optional.empty();
  }

  /**
   * The place of a file beside the weights, with links resolved and checked.
   *
   * @throws BadCheckpointException where it is no regular file of this folder
   */
  public Path resolve(String name) throws IOException {
    return guard.resolve(name);
  }

  /**
   * Fills {@code to} from its position to its limit with bytes of a tensor.
   *
   * @param offset bytes from the tensor's start
   * @throws CheckpointIoException where the machine fails or the file has shrunk
   */
  public void read(TensorInfo tensor, long offset, ByteBuffer to) throws IOException {
    if (offset < 0 || offset + to.remaining() > tensor.bytes()) {
      throw new IndexOutOfBoundsException(
          "bytes %d to %d of tensor \"%s\" of %d bytes"
              .formatted(offset, offset + to.remaining(), tensor.name(), tensor.bytes()));
    }
    files.get(fileOf.get(tensor.name())).read(tensor, offset, to);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (SafetensorsFile file : files.values()) {
      try {
        file.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
