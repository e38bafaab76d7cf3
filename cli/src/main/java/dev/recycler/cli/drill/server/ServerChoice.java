package dev.recycler.cli.drill.server;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.worker.TemporalConnection;
import java.io.IOException;
import java.nio.file.Path;

/** Which server a drill runs on. */
public sealed interface ServerChoice {
  /**
   * Starts it, where it is the drill's own.
   *
   * @param home a folder for what it writes, of the drill's own
   */
  Server start(Path home) throws IOException, InterruptedException;

  /** What a person has typed for it; nothing for the usual one. */
  String options();

  /**
   * The development server.
   *
   * @param temporal the {@code temporal} program
   */
  record Development(Path temporal) implements ServerChoice {
    @Override
    public Server start(Path home) throws InterruptedException {
      return new DevelopmentServer(temporal, home);
    }

    @Override
    public String options() {
      return "";
    }
  }

  /** The production server on PostgreSQL, both the drill's own. */
  final class Production implements ServerChoice {
    private final ServerPrograms programs;

    /**
     * Finds what it needs on this machine.
     *
     * @throws dev.recycler.cli.console.CommandFailed where a program is missing
     */
    public Production(Places places) {
      this.programs = ServerPrograms.find(places);
    }

    @Override
    public Server start(Path home) throws InterruptedException {
      return ProductionServer.start(programs, home);
    }

    @Override
    public String options() {
      return " --server postgres";
    }
  }

  /**
   * One that is there.
   *
   * @param address where clients connect
   */
  record Given(String address) implements ServerChoice {
    @Override
    public Server start(Path home) {
      try (TemporalConnection _ = TemporalConnection.open(address, null, System.getenv())) {
        return new GivenServer(address);
      } catch (TemporalConnection.NotReachable e) {
        throw new CommandFailed(
            ExitCode.UNREACHABLE, "no Temporal server answers at " + address + ".", e);
      } catch (IOException e) {
        throw new CommandFailed(ExitCode.USAGE, "--address: " + e.getMessage() + ".", e);
      }
    }

    @Override
    public String options() {
      return " --address " + address;
    }
  }
}
