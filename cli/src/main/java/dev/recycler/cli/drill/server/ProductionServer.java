package dev.recycler.cli.drill.server;

import com.google.protobuf.util.Durations;
import dev.recycler.activities.store.Folders;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.server.OwnServer;
import dev.recycler.worker.TemporalConnection;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All services of the production Temporal server in one process, over PostgreSQL. */
final class ProductionServer implements Server {
  /** A busy machine must not fail. */
  private static final Duration START = Duration.ofMinutes(3);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final int DAYS_KEPT = 1;

  private final Path home;
  private final Postgres postgres;
  private final ServerConfig config;
  private Optional<KeptProcess> process = Optional.empty();

  private ProductionServer(Path home, Postgres postgres) throws IOException {
    this.home = home;
    this.postgres = postgres;
    this.config = ServerConfig.choose(postgres.port());
  }

  /** Starts both, with empty databases; returns when they answer. */
  static ProductionServer start(ServerPrograms programs, Path home) throws InterruptedException {
    try {
      Folders.delete(home);
      Files.createDirectories(home);
      Postgres postgres = new Postgres(programs.postgres(), home.resolve("postgres"));
      boolean started = false;
      try {
        ProductionServer server = new ProductionServer(home, postgres);
        server.begin(programs);
        started = true;
        return server;
      } finally {
        if (!started) {
          postgres.close();
        }
      }
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "a Temporal server on PostgreSQL can't be started: " + e.getMessage(),
          e);
    }
  }

  private void begin(ServerPrograms programs) throws IOException, InterruptedException {
    makeTables(programs.schema());
    config.write(home.resolve("config"));
    KeptProcess temporal = new KeptProcess(home.resolve("temporal"), command(programs.server()));
    process = Optional.of(temporal);
    boolean ready = false;
    try {
      awaitReady();
      ready = true;
    } finally {
      if (!ready) {
        temporal.close();
      }
    }
  }

  private List<String> command(Path server) {
    List<String> words =
        new ArrayList<>(
            List.of(
                server.toString(),
                "--root",
                home.toString(),
                "--config",
                "config",
                "--env",
                ServerConfig.NAME,
                "--allow-no-auth",
                "start"));
    ServerConfig.SERVICES.forEach(service -> words.add("--service=" + service));
    return words;
  }

  private void makeTables(Path schema) throws IOException, InterruptedException {
    awaitDatabase();
    for (Map.Entry<String, String> database : ServerConfig.DATABASES.entrySet()) {
      List<String> tool =
          List.of(
              schema.toString(),
              "--plugin",
              ServerConfig.PLUGIN,
              "--ep",
              "127.0.0.1",
              "--port",
              Integer.toString(postgres.port()),
              "--user",
              Postgres.USER,
              "--db",
              database.getKey());
      create(tool);
      Postgres.run(with(tool, "setup-schema", "-v", "0.0"));
      Postgres.run(
          with(tool, "update-schema", "--schema-name", "postgresql/v12/" + database.getValue()));
    }
  }

  /** The database listens before it takes anything. */
  private static void create(List<String> tool) throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        Postgres.run(with(tool, "create"));
        return;
      } catch (IOException e) {
        if (System.nanoTime() > end || !e.getMessage().contains("starting up")) {
          throw e;
        }
        Thread.sleep(POLL);
      }
    }
  }

  private static List<String> with(List<String> tool, String... words) {
    List<String> all = new ArrayList<>(tool);
    all.addAll(List.of(words));
    return all;
  }

  private void awaitDatabase() throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!OwnServer.listens("127.0.0.1:" + postgres.port())) {
      requireTime(end, "PostgreSQL");
      Thread.sleep(POLL);
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!OwnServer.serves(address())) {
      requireTime(end, "Temporal");
      register();
      Thread.sleep(POLL);
    }
    OwnServer.makeFindable(address());
  }

  private void requireTime(long end, String what) throws IOException {
    if (System.nanoTime() > end) {
      throw new IOException(what + " does not answer; its log is below " + home);
    }
  }

  /** Its one namespace; as often as it takes until the server is ready for that. */
  private void register() {
    if (!OwnServer.listens(address())) {
      return;
    }
    try (TemporalConnection connection = OwnServer.connect(address(), Map.of())) {
      connection
          .stubs()
          .blockingStub()
          .registerNamespace(
              RegisterNamespaceRequest.newBuilder()
                  .setNamespace("default")
                  .setWorkflowExecutionRetentionPeriod(Durations.fromDays(DAYS_KEPT))
                  .build());
    } catch (IOException | StatusRuntimeException e) {
      // Not yet, or it is there: the next look tells.
    }
  }

  @Override
  public String address() {
    return config.address();
  }

  @Override
  public TemporalConnection connect() throws IOException {
    return OwnServer.connect(address(), System.getenv());
  }

  @Override
  public boolean isOwn() {
    return true;
  }

  @Override
  public List<ProcessHandle> process() {
    return Server.running("--root " + home + " --config", ServerConfig.NAME);
  }

  @Override
  public List<ProcessHandle> database() {
    return postgres.process();
  }

  @Override
  public long databaseBytes() throws IOException {
    return postgres.bytes();
  }

  /** It is started again as often as it dies. */
  @Override
  public void wasKilled() {}

  @Override
  public void refresh() {}

  @Override
  public void close() throws IOException {
    try {
      if (process.isPresent()) {
        process.get().close();
      }
    } finally {
      postgres.close();
    }
  }
}
