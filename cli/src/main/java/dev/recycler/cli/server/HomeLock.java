package dev.recycler.cli.server;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.LockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The right to run a server in a home folder; one process at a time has it. It ends with the
 * process, however that ends.
 */
public final class HomeLock implements AutoCloseable {
  private final LockFile file;

  private HomeLock(LockFile file) {
    this.file = file;
  }

  /**
   * Takes a home, making the folder where needed.
   *
   * @param owner the command that takes it, for others' messages
   * @throws CommandFailed where another process has it, or the folder can't be made
   */
  public static HomeLock take(Path home, String owner) {
    Path path = home.resolve("lock");
    try {
      Files.createDirectories(home);
      Optional<LockFile> file = LockFile.tryTake(path);
      if (file.isEmpty()) {
        throw new CommandFailed(
            ExitCode.ENVIRONMENT,
            home
                + " is in use by "
                + Files.readString(path).strip()
                + ". Wait for it, end it with Ctrl-C, or give another folder with --home.");
      }
      file.get().write("'" + owner + "' (process " + ProcessHandle.current().pid() + ")\n");
      return new HomeLock(file.get());
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "the folder " + home + " can't be used: " + e.getMessage() + ". Choose one with --home.",
          e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
