package dev.recycler.cli.server;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to run a server in a home folder; one process at a time has it. It ends with the
 * process, however that ends.
 */
public final class HomeLock implements AutoCloseable {
  private final FileChannel channel;
  private final FileLock lock;

  private HomeLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes a home, making the folder where needed.
   *
   * @param owner the command that takes it, for others' messages
   * @throws CommandFailed where another process has it, or the folder can't be made
   */
  public static HomeLock take(Path home, String owner) {
    Path file = home.resolve("lock");
    try {
      Files.createDirectories(home);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw new CommandFailed(
            ExitCode.ENVIRONMENT,
            home
                + " is in use by "
                + Files.readString(file).strip()
                + ". Wait for it, end it with Ctrl-C, or give another folder with --home.");
      }
      channel.truncate(0);
      String text = "'" + owner + "' (process " + ProcessHandle.current().pid() + ")\n";
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
      return new HomeLock(channel, lock);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "the folder " + home + " can't be used: " + e.getMessage() + ". Choose one with --home.",
          e);
    }
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
