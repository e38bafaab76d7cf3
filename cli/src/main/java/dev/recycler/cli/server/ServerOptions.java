package dev.recycler.cli.server;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.worker.ClientMetrics;
import dev.recycler.worker.TemporalConnection;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * Which Temporal server a command talks to: the one that the options name; else the one that
 * Temporal's own settings name ({@code temporal.toml}, {@code TEMPORAL_*}); else the running server
 * of the usual homes; else Temporal's usual port.
 */
public final class ServerOptions {
  private static final String USUAL_ADDRESS = "127.0.0.1:7233";

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      description = "Temporal server to talk to.")
  private String address;

  @Option(names = "--namespace", paramLabel = "NAME", description = "Temporal namespace.")
  private String namespace;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Talk to the server of this home of 'recycler dev' or 'recycler quickstart'.")
  private Path home;

  /**
   * Connects by these options.
   *
   * @throws CommandFailed where nobody answers, or the settings can't be read
   */
  public TemporalConnection connect(Places places) {
    return connect(places, ClientMetrics.none());
  }

  /**
   * The same, counted.
   *
   * @param metrics where the client's own figures go
   */
  public TemporalConnection connect(Places places, ClientMetrics metrics) {
    if (address == null && home != null) {
      return own(ofHome(places.resolve(home)), places);
    }
    if (address == null && !namesServer(places)) {
      Optional<ServerFile> running = running(places);
      if (running.isPresent()) {
        return own(running.get(), places);
      }
    }
    String target = address != null || namesServer(places) ? address : USUAL_ADDRESS;
    if (target != null && isHere(target) && !OwnServer.listens(target)) {
      throw address == null && !namesServer(places) && wasStarted(places)
          ? notRunning()
          : unreachable(target, null);
    }
    try {
      return TemporalConnection.open(target, namespace, places.variables(), metrics);
    } catch (TemporalConnection.NotReachable e) {
      throw unreachable(e.address(), e);
    } catch (TemporalConnection.Refused e) {
      throw new CommandFailed(ExitCode.UNREACHABLE, e.getMessage() + ".", e);
    } catch (IOException | RuntimeException e) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "the Temporal server can't be used as the settings say: " + e.getMessage() + ".",
          e);
    }
  }

  /** These options as they are typed after a command, with a blank before; empty where none is. */
  public String typed(Places places) {
    StringBuilder typed = new StringBuilder();
    if (address != null) {
      typed.append(" --address ").append(address);
    }
    if (namespace != null) {
      typed.append(" --namespace ").append(namespace);
    }
    if (home != null) {
      typed.append(" --home ").append(places.quote(places.resolve(home)));
    }
    return typed.toString();
  }

  /** The home that may know of a series although its server does not run; none for a server. */
  public Optional<Path> keepingHome(Places places) {
    if (address != null) {
      return Optional.empty();
    }
    return Optional.of(home == null ? places.quickstartHome() : places.resolve(home));
  }

  private static TemporalConnection own(ServerFile server, Places places) {
    try {
      return OwnServer.connect(server.address(), places.variables());
    } catch (TemporalConnection.NotReachable e) {
      throw unreachable(server.address(), e);
    } catch (IOException e) {
      throw new CommandFailed(ExitCode.USAGE, e.getMessage() + ".", e);
    }
  }

  private static CommandFailed unreachable(String address, Throwable cause) {
    return new CommandFailed(
        ExitCode.UNREACHABLE,
        "no Temporal server answers at "
            + address
            + ". 'recycler dev' starts one on this machine; --address, TEMPORAL_ADDRESS or"
            + " temporal.toml name another.",
        cause);
  }

  private static ServerFile ofHome(Path home) {
    return ServerFile.read(home)
        .filter(ServerFile::isLive)
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitCode.UNREACHABLE,
                    "no Temporal server runs in "
                        + home
                        + ". 'recycler dev --home "
                        + home
                        + "' starts it."));
  }

  private static Optional<ServerFile> running(Places places) {
    return homes(places)
        .flatMap(home -> ServerFile.read(home).stream())
        .filter(ServerFile::isLive)
        .findFirst();
  }

  private static Stream<Path> homes(Places places) {
    return Stream.of(places.devHome(), places.quickstartHome());
  }

  private static boolean wasStarted(Places places) {
    return ServerFile.read(places.devHome()).isPresent();
  }

  private static CommandFailed notRunning() {
    return new CommandFailed(
        ExitCode.UNREACHABLE,
        "the server of 'recycler dev' does not run. 'recycler dev' starts it again, and its series"
            + " go on; --address, TEMPORAL_ADDRESS or temporal.toml name another server.");
  }

  /**
   * Homes whose servers run, too, and are not the one that these options lead to; none where an
   * option or a setting names the server.
   */
  public List<Path> otherHomes(Places places) {
    if (address != null || home != null || namesServer(places)) {
      return List.of();
    }
    return homes(places)
        .filter(other -> ServerFile.read(other).filter(ServerFile::isLive).isPresent())
        .skip(1)
        .toList();
  }

  private static boolean isHere(String target) {
    return target.startsWith("127.0.0.1:") || target.startsWith("localhost:");
  }

  /** Whether Temporal's own settings name a server. */
  private static boolean namesServer(Places places) {
    try {
      String named =
          ClientConfigProfile.load(
                  LoadClientConfigProfileOptions.newBuilder()
                      .setEnvOverrides(places.variables())
                      .build())
              .getAddress();
      return named != null && !named.isEmpty();
    } catch (IOException | RuntimeException e) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "Temporal's settings (temporal.toml, TEMPORAL_*) can't be read: " + e.getMessage(),
          e);
    }
  }
}
