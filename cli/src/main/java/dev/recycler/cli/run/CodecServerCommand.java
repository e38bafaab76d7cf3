package dev.recycler.cli.run;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.worker.encryption.CodecServer;
import dev.recycler.worker.encryption.EncryptionCodec;
import dev.recycler.worker.encryption.EncryptionKeys;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code recycler codec-server}. */
@Command(
    name = "codec-server",
    description = "Let the Temporal UI in your browser show encrypted payloads.",
    footerHeading = "%nExamples%n",
    footer = {
      "  RECYCLER_ENCRYPTION_KEYS_FILE=~/keys recycler codec-server",
      "  recycler codec-server --origin https://cloud.temporal.io",
      "",
      "Give the address that it prints to the UI (the glasses in its top bar). It",
      "listens on this machine's loopback alone: keys and what they open stay here."
    })
public final class CodecServerCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8234",
      description = "Where to listen (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--origin",
      paramLabel = "URL",
      defaultValue = "http://localhost:8233",
      split = ",",
      description = "A UI that may ask (default: ${DEFAULT-VALUE}); can be given several times.")
  private List<String> origins;

  CodecServerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Console console = session.console();
    EncryptionCodec codec = codec();
    try (CodecServer server = CodecServer.start(port, origins, codec)) {
      console.say("Decodes for " + String.join(", ", origins) + " at " + server.address());
      new CountDownLatch(1).await();
    } catch (BindException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT, "port " + port + " is taken; --port names another.", e);
    } catch (InterruptedException e) {
      console.say("");
      console.say("Ended.");
    }
    return ExitCode.OK.code();
  }

  private EncryptionCodec codec() {
    try {
      EncryptionCodec codec = new EncryptionCodec(EncryptionKeys.of(session.places().variables()));
      if (!codec.encrypts()) {
        throw new CommandFailed(
            ExitCode.USAGE,
            "there are no keys to decode with; set " + EncryptionKeys.FILE + " to your key file.");
      }
      return codec;
    } catch (IOException e) {
      throw new CommandFailed(ExitCode.USAGE, e.getMessage() + ".", e);
    }
  }
}
