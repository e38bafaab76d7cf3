package dev.recycler.activities.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import java.io.IOException;
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

/** The saved states of a Hugging Face trainer: {@code checkpoint-N} folders. */
final class Checkpoints {
  /** Written last, so its presence says that the trainer meant the folder to be whole. */
  static final String STATE = "trainer_state.json";

  private static final Pattern NAME = Pattern.compile("checkpoint-([0-9]{1,18})");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path output;

  Checkpoints(Path output) {
    this.output = output;
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
    if (!Files.isDirectory(output)) {
      return found;
    }
    try (Stream<Path> entries = Files.list(output)) {
      for (Path folder : entries.toList()) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (name.matches() && Files.isDirectory(folder)) {
          long step = Long.parseLong(name.group(1));
          found.add(new Saved(step, folder, flaw(folder, step)));
        }
      }
    }
    found.sort(Comparator.comparingLong(Saved::step));
    return found;
  }

  private static String flaw(Path folder, long step) throws IOException {
    Path state = folder.resolve(STATE);
    if (!Files.exists(state)) {
      return "has no " + STATE;
    }
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(state));
      if (json == null || json.path("global_step").asLong(-1) != step) {
        return STATE + " is not of step " + step;
      }
    } catch (JsonProcessingException e) {
      return STATE + " is cut off";
    }
    try (ModelFolder model = ModelFolder.open(folder)) {
      if (model.tensors().isEmpty()) {
        return "holds no tensor";
      }
    } catch (BadCheckpointException e) {
      return e.getMessage();
    }
    return tornPickle(folder);
  }

  /** Optimizer, scheduler and random states are ZIP files, whose table of contents stands last. */
  private static String tornPickle(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files
              .filter(f -> f.toString().endsWith(".pt") || f.toString().endsWith(".pth"))
              .toList()) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
          if (zip.size() == 0) {
            return file.getFileName() + " is empty";
          }
        } catch (ZipException e) {
          return file.getFileName() + " is cut off";
        }
      }
    }
    return null;
  }

  /** Steps that the newest whole state tells to have been asked for, or 0. */
  static long stepsAsked(Saved saved) throws IOException {
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
