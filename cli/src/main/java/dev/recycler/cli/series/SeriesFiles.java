package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.workflows.spec.HubModel;
import dev.recycler.workflows.spec.Problem;
import dev.recycler.workflows.spec.SeriesFile;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Surroundings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads series files, and files like them, from disk. */
public final class SeriesFiles {
  private SeriesFiles() {}

  /**
   * Reads a series file.
   *
   * @param written the path as the user wrote it
   * @throws CommandFailed with everything that is wrong with the file, one line each
   */
  public static SeriesSpec read(Path written, Places places) {
    Path file = places.resolve(written);
    SeriesFile parsed =
        SeriesFile.parse(text(file, written), written.toString(), surroundings(file, places));
    List<Problem> problems = parsed.problems();
    if (!problems.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          problems.stream()
              .map(Problem::toString)
              .collect(
                  Collectors.joining(
                      "\n",
                      problems.size() == 1
                          ? "the series file can't be used:\n"
                          : "the series file can't be used, " + problems.size() + " problems:\n",
                      "")));
    }
    return parsed.spec();
  }

  /**
   * A release's model as a series file has it: the absolute path of its folder, or its place on the
   * hub.
   *
   * @throws CommandFailed where there is no model in the folder
   */
  static String model(String written, Places places) {
    if (HubModel.isMeant(written)) {
      HubModel.problem(written)
          .ifPresent(
              problem -> {
                throw new CommandFailed(ExitCode.USAGE, problem + ".");
              });
      return written;
    }
    Path folder = places.resolve(Path.of(written)).toAbsolutePath().normalize();
    SeriesFile.modelProblem(folder, surroundings(folder, places))
        .ifPresent(
            problem -> {
              throw new CommandFailed(ExitCode.USAGE, problem + ".");
            });
    return folder.toString();
  }

  /**
   * The text of a file that a person has written.
   *
   * @param written the path as the user wrote it
   * @throws CommandFailed where it cannot be read
   */
  public static String text(Path file, Path written) {
    try {
      try (InputStream in = Files.newInputStream(file)) {
        // One byte more than a series file may have: the rest of one that is too large is not read.
        byte[] bytes = in.readNBytes(SeriesFile.LARGEST + 1);
        return bytes.length > SeriesFile.LARGEST
            ? " ".repeat(bytes.length)
            : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      }
    } catch (NoSuchFileException e) {
      throw new CommandFailed(ExitCode.USAGE, "there is no file " + written + ".", e);
    } catch (CharacterCodingException e) {
      throw new CommandFailed(ExitCode.USAGE, written + " is not a text in UTF-8.", e);
    } catch (IOException e) {
      String why = Files.isDirectory(file) ? "it is a folder" : e.getMessage();
      throw new CommandFailed(ExitCode.USAGE, written + " can't be read: " + why + ".", e);
    }
  }

  /** This machine, as a file sees it whose relative paths start from its folder. */
  public static Surroundings surroundings(Path file, Places places) {
    return new Surroundings() {
      @Override
      public Path folder() {
        return file.getParent();
      }

      @Override
      public Path home() {
        return places.user();
      }

      @Override
      public String variable(String name) {
        return places.variables().get(name);
      }

      @Override
      public Kind kind(Path path) {
        if (Files.isDirectory(path)) {
          return Kind.FOLDER;
        }
        return Files.isRegularFile(path) ? Kind.FILE : Kind.NOTHING;
      }

      @Override
      public List<String> names(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
          return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
          return List.of();
        }
      }

      @Override
      public boolean writable(Path folder) {
        return Files.isWritable(folder);
      }
    };
  }
}
