package dev.recycler.activities.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds programs as a shell would, on the tool's own PATH. */
final class Programs {
  private Programs() {}

  static Path find(String name, Path directory, String path) throws IOException {
    if (name.indexOf('/') >= 0) {
      Path program = directory.resolve(name);
      if (!Files.exists(program)) {
        throw new IOException(program + " does not exist");
      }
      if (!Files.isExecutable(program) || Files.isDirectory(program)) {
        throw new IOException(program + " is not a program");
      }
      return program;
    }
    String places = path == null ? "/usr/local/bin:/usr/bin:/bin" : path;
    for (String place : places.split(File.pathSeparator, -1)) {
      Path program = directory.resolve(place).resolve(name);
      if (Files.isExecutable(program) && !Files.isDirectory(program)) {
        return program;
      }
    }
    throw new IOException("no program named " + name + " on the PATH " + places);
  }
}
