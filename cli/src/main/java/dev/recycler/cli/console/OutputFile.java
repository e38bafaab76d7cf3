package dev.recycler.cli.console;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a file that the user has named. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * Writes it, over one that is there.
   *
   * @throws CommandFailed where it can't be written, in words: the system's own often are no more
   *     than the path once again
   */
  public static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CommandFailed(ExitCode.USAGE, file + " can't be written: " + why(file, e) + ".", e);
    }
  }

  private static String why(Path file, IOException problem) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      return "there is no folder " + folder;
    }
    if (Files.isDirectory(file)) {
      return "it is a folder";
    }
    return switch (problem) {
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException told when told.getReason() != null -> told.getReason();
      default -> problem.getMessage();
    };
  }
}
