package dev.recycler.activities.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The saved states that a trainer leaves in its output folder. */
final class Checkpoints {
  private static final String STATE = "trainer_state.json";
  private static final Pattern PICKLE = Pattern.compile(".*\\.(pt|pth|bin|pkl)");
  private static final String STEP = "([0-9]{1,18})";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path output;
  private final Layout layout;

  Checkpoints(Path output, Layout layout) {
    this.output = output;
    this.layout = layout;
  }

  /**
   * How a trainer keeps its states.
   *
   * @param name of a state's folder, with the step as its only group; null where it keeps none
   * @param last the file that it writes last, so that its presence says that the trainer meant the
   *     folder to be whole; null where there is none
   */
  record Layout(Pattern name, String last) {
    /** {@code checkpoint-N} of the Hugging Face trainers. */
    static final Layout HUGGING_FACE = new Layout(Pattern.compile("checkpoint-" + STEP), STATE);

    /** {@code step_N} of open-instruct. */
    static final Layout OPEN_INSTRUCT = new Layout(Pattern.compile("step_" + STEP), "COMPLETED");

    /** Folders of a name with {@code {step}} in it. */
    static Layout named(String name, String last) {
      if (name == null) {
        return new Layout(null, null);
      }
      int step = name.indexOf("{step}");
      String before = Pattern.quote(name.substring(0, step));
      String after = Pattern.quote(name.substring(step + "{step}".length()));
      return new Layout(Pattern.compile(before + STEP + after), last);
    }
  }

  /**
   * One saved state.
   *
   * @param step optimizer steps done when it was saved
   * @param flaw why it cannot be used, or null where it is whole
   */
  record Saved(long step, Path folder, String flaw) {
    boolean isWhole() {
      return flaw == null;
    }
  }

  /** All of them, oldest first. */
  List<Saved> all() throws IOException {
    List<Saved> found = new ArrayList<>();
    if (layout.name() == null || !Files.isDirectory(output)) {
      return found;
    }
    try (Stream<Path> entries = Files.list(output)) {
      for (Path folder : entries.toList()) {
        Matcher name = layout.name().matcher(folder.getFileName().toString());
        if (name.matches() && Files.isDirectory(folder)) {
          long step = Long.parseLong(name.group(1));
          found.add(new Saved(step, folder, flaw(folder, step)));
        }
      }
    }
    found.sort(Comparator.comparingLong(Saved::step));
    return found;
  }

  /**
   * Step of the newest state that its trainer has marked as whole, or null; a quick look for
   * people, which opens no file.
   */
  Long newest() throws IOException {
    if (layout.name() == null || layout.last() == null || !Files.isDirectory(output)) {
      return null;
    }
    try (Stream<Path> entries = Files.list(output)) {
      return entries
          .map(folder -> new Marked(layout.name().matcher(folder.getFileName().toString()), folder))
          .filter(marked -> marked.name().matches())
          .filter(marked -> Files.exists(marked.folder().resolve(layout.last())))
          .map(marked -> Long.valueOf(marked.name().group(1)))
          .max(Comparator.naturalOrder())
          .orElse(null);
    }
  }

  private record Marked(Matcher name, Path folder) {}

  private String flaw(Path folder, long step) throws IOException {
    if (layout.last() != null && !Files.exists(folder.resolve(layout.last()))) {
      return "has no " + layout.last();
    }
    String state = tornState(folder, step);
    if (state != null) {
      return state;
    }
    if (holdsModel(folder)) {
      try (ModelFolder model = ModelFolder.open(folder)) {
        if (model.tensors().isEmpty()) {
          return "holds no tensor";
        }
      } catch (BadCheckpointException e) {
        return e.getMessage();
      }
    }
    return tornPickle(folder);
  }

  private static String tornState(Path folder, long step) throws IOException {
    Path state = folder.resolve(STATE);
    if (!Files.exists(state)) {
      return null;
    }
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(state));
      return json.path("global_step").asLong(-1) == step ? null : STATE + " is of another step";
    } catch (JsonProcessingException e) {
      return STATE + " is cut off";
    }
  }

  /** Whether there are weights to be read as a model's; DeepSpeed keeps them in another form. */
  static boolean holdsModel(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".safetensors"));
    }
  }

  /**
   * Optimizer, scheduler and random states are mostly ZIP files, whose table of contents stands
   * last; an older form has no such mark, and only an empty file of it is known to be torn.
   */
  private static String tornPickle(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> PICKLE.matcher(f.toString()).matches()).toList()) {
        if (Files.size(file) == 0) {
          return file.getFileName() + " is empty";
        }
        if (isZip(file)) {
          try (ZipFile zip = new ZipFile(file.toFile())) {
            zip.size();
          } catch (ZipException e) {
            return file.getFileName() + " is cut off";
          }
        }
      }
    }
    return null;
  }

  private static boolean isZip(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == 'P' && in.read() == 'K';
    }
  }

  /** Steps that a whole state tells to have been asked for, or 0. */
  static long stepsAsked(Saved saved) throws IOException {
    if (!Files.exists(saved.folder().resolve(STATE))) {
      return 0;
    }
    return JSON.readTree(Files.readAllBytes(saved.folder().resolve(STATE)))
        .path("max_steps")
        .asLong(0);
  }

  /** Brings a saved state into another output folder; its files are shared, not copied. */
  static Path bring(Path folder, Path into) throws IOException {
    Path target = into.resolve(folder.getFileName());
    link(folder, target);
    return target;
  }

  /** Hard links of every file of a tree; copies where the file system has none. */
  static void link(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path source : tree.toList()) {
        Path target = to.resolve(from.relativize(source).toString());
        if (Files.isDirectory(source)) {
          Files.createDirectories(target);
        } else {
          linkFile(source, target);
        }
      }
    }
  }

  static void linkFile(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from.toRealPath());
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.copy(from, to);
    }
  }
}
