package dev.recycler.cli.drill.server;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The programs of a production server.
 *
 * @param server Temporal's, all services in one
 * @param schema Temporal's tool that makes its tables
 * @param postgres folder of {@code initdb} and {@code postgres}
 */
record ServerPrograms(Path server, Path schema, Path postgres) {
  /** Where packages of PostgreSQL put what is on nobody's {@code PATH}. */
  private static final List<Path> POSTGRES =
      List.of(
          Path.of("/usr/lib/postgresql"), Path.of("/usr"), Path.of("/opt/homebrew/opt/postgresql"));

  private static final int DEPTH = 3;

  /**
   * Finds them.
   *
   * @throws CommandFailed where one is missing, with what brings it
   */
  static ServerPrograms find(Places places) {
    Optional<Path> built = built(places);
    return new ServerPrograms(
        onPath(places, "temporal-server")
            .or(() -> built.map(folder -> folder.resolve("server")))
            .orElseThrow(() -> missing("temporal-server")),
        onPath(places, "temporal-sql-tool")
            .or(() -> built.map(folder -> folder.resolve("sql")))
            .orElseThrow(() -> missing("temporal-sql-tool")),
        onPath(places, "initdb")
            .map(Path::getParent)
            .or(ServerPrograms::packaged)
            .orElseThrow(
                () ->
                    new CommandFailed(
                        ExitCode.ENVIRONMENT,
                        "PostgreSQL's programs initdb and postgres are missing; on Debian 'apt-get"
                            + " install postgresql' brings them.")));
  }

  private static CommandFailed missing(String program) {
    return new CommandFailed(
        ExitCode.ENVIRONMENT,
        "there is no program %s on the PATH: put those of a Temporal release there, or run 'python3 deploy/cluster/loopback_cluster.py' once, which builds them; --address drills on a server that is there."
            .formatted(program));
  }

  private static Optional<Path> onPath(Places places, String program) {
    return Stream.of(places.variable("PATH").orElse("").split(":", -1))
        .map(folder -> places.work().resolve(folder).resolve(program))
        .filter(ServerPrograms::isProgram)
        .findFirst();
  }

  /** By the loopback cluster of {@code deploy/}. */
  private static Optional<Path> built(Places places) {
    return folders(places.cache(), "temporal-server-.*", 1)
        .filter(folder -> isProgram(folder.resolve("server")) && isProgram(folder.resolve("sql")))
        .max(Comparator.naturalOrder());
  }

  private static Optional<Path> packaged() {
    return POSTGRES.stream()
        .flatMap(place -> folders(place, "bin", DEPTH))
        .filter(folder -> isProgram(folder.resolve("initdb")))
        .max(Comparator.naturalOrder());
  }

  private static Stream<Path> folders(Path place, String name, int depth) {
    try (Stream<Path> found =
        Files.find(
            place,
            depth,
            (path, about) -> about.isDirectory() && path.getFileName().toString().matches(name))) {
      return found.toList().stream();
    } catch (IOException | UncheckedIOException e) {
      return Stream.empty();
    }
  }

  private static boolean isProgram(Path file) {
    return Files.isExecutable(file) && !Files.isDirectory(file);
  }
}
