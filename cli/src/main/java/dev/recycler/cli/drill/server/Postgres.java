package dev.recycler.cli.drill.server;

import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A PostgreSQL server with a database cluster of its own, on a free port of loopback. */
final class Postgres implements AutoCloseable {
  /** Whose name its clients give; there is no password. */
  static final String USER = "temporal";

  private static final String ROOT = "root";

  private final Path programs;
  private final Path folder;
  private final int port;
  private final KeptProcess process;

  /**
   * Makes the cluster and starts the server.
   *
   * @param programs folder of {@code initdb} and {@code postgres}
   * @param logs folder of its logs, which only one such server uses at a time
   */
  Postgres(Path programs, Path logs) throws IOException, InterruptedException {
    this.programs = programs;
    this.folder = dataOf(logs);
    this.port = LowPorts.free();
    Folders.delete(folder);
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path data = Files.createDirectory(folder.resolve("data"));
    boolean started = false;
    try {
      makeCluster(data);
      this.process = serve(logs, data);
      started = true;
    } finally {
      if (!started) {
        Folders.delete(folder);
      }
    }
  }

  private void makeCluster(Path data) throws IOException, InterruptedException {
    if (isRoot()) {
      run(List.of("chown", owner(), data.toString(), folder.toString()));
    }
    run(
        command(
            "initdb",
            "-D",
            data.toString(),
            "-U",
            USER,
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-sync"));
  }

  private KeptProcess serve(Path logs, Path data) throws IOException, InterruptedException {
    return new KeptProcess(
        logs,
        command(
            "postgres",
            "-D",
            data.toString(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=" + folder));
  }

  /**
   * Not below the drill's home: as root another user runs it, who may not be let in there. Always
   * the same for a home, so that what a killed drill left is removed by the next one.
   */
  private static Path dataOf(Path logs) {
    UUID name = UUID.nameUUIDFromBytes(logs.toString().getBytes(StandardCharsets.UTF_8));
    return Path.of(System.getProperty("java.io.tmpdir"), "recycler-postgres-" + name);
  }

  int port() {
    return port;
  }

  /** The first of its processes. */
  List<ProcessHandle> process() {
    return Server.running("postgres", "-D", folder.resolve("data").toString(), "-p");
  }

  long bytes() throws IOException {
    return Folders.bytes(folder);
  }

  /** It refuses to run as root. */
  private List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      // Not su, which would stand between: a killed server is to be the server.
      command.addAll(
          List.of("setpriv", "--reuid=" + owner(), "--regid=" + owner(), "--init-groups"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals(ROOT);
  }

  private static String owner() {
    return "postgres";
  }

  /** Runs what must succeed. */
  static void run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(
          command.getFirst()
              + " failed: "
              + said.strip().lines().reduce((_, last) -> last).orElse(""));
    }
  }

  @Override
  public void close() throws IOException {
    process.close();
    Folders.delete(folder);
  }
}
