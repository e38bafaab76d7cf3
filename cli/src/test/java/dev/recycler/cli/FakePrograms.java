package dev.recycler.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Shell scripts that stand in for programs. */
public final class FakePrograms {
  private FakePrograms() {}

  /** Writes a script; returns its path. */
  public static Path script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  /**
   * A Python that says it has a version.
   *
   * @param more what it does when it is not asked for its version
   */
  public static Path python(Path file, int minor, boolean hasVenv, String more) throws IOException {
    return script(
        file,
        """
        if [ "$2" = -c ]; then
          echo "python 3 %d $0"
          %s
          exit
        fi
        %s
        """
            .formatted(
                minor, hasVenv ? "echo complete" : "echo no module named venv; exit 1", more));
  }
}
