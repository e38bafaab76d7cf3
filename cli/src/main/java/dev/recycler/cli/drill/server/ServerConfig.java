package dev.recycler.cli.drill.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the production server is told: its services on ports of loopback, its databases.
 *
 * @param database port of PostgreSQL
 * @param ports of each service: for requests, and for the other services to find it. The same at
 *     each start, for the database remembers for a while who was where
 */
record ServerConfig(int database, Map<String, List<Integer>> ports) {
  /** What the file is called, which the server takes for an environment. */
  static final String NAME = "drill";

  static final String PLUGIN = "postgres12";

  /** The services there are. */
  static final List<String> SERVICES = List.of("frontend", "history", "matching", "worker");

  /** The databases, and the schema of each. */
  static final Map<String, String> DATABASES =
      new TreeMap<>(Map.of("temporal", "temporal", "temporal_visibility", "visibility"));

  ServerConfig {
    ports = Map.copyOf(ports);
  }

  /** With ports that nobody listens on now. */
  static ServerConfig choose(int database) throws IOException {
    List<Integer> free = LowPorts.free(2 * SERVICES.size());
    Map<String, List<Integer>> ports = new TreeMap<>();
    for (int i = 0; i < SERVICES.size(); i++) {
      ports.put(SERVICES.get(i), List.copyOf(free.subList(2 * i, 2 * i + 2)));
    }
    return new ServerConfig(database, ports);
  }

  /** Where clients connect. */
  String address() {
    return "127.0.0.1:" + ports.get("frontend").getFirst();
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("dynamic.yaml"), "{}\n");
    Files.writeString(folder.resolve(NAME + ".yaml"), text(folder));
  }

  private String text(Path folder) {
    List<String> stores = new ArrayList<>();
    DATABASES.keySet().forEach(name -> stores.add(store(name)));
    List<String> services = new ArrayList<>();
    SERVICES.forEach(name -> services.add(service(name)));
    return """
        log: {stdout: true, level: warn}
        persistence:
          defaultStore: temporal
          visibilityStore: temporal_visibility
          numHistoryShards: 4
          datastores:
        %s
        global:
          membership: {maxJoinDuration: 30s, broadcastAddress: 127.0.0.1}
        services:
        %s
        clusterMetadata:
          enableGlobalNamespace: false
          failoverVersionIncrement: 10
          masterClusterName: active
          currentClusterName: active
          clusterInformation:
            active:
              enabled: true
              initialFailoverVersion: 1
              rpcName: frontend
              rpcAddress: "%s"
        dcRedirectionPolicy: {policy: noop}
        dynamicConfigClient: {filepath: "%s", pollInterval: 60s}
        """
        .formatted(
            String.join("\n", stores),
            String.join("\n", services),
            address(),
            folder.resolve("dynamic.yaml"));
  }

  private String store(String name) {
    return ("    %s: {sql: {pluginName: %s, databaseName: %s, connectAddr: \"127.0.0.1:%d\","
            + " connectProtocol: tcp, user: %s, maxConns: 10, maxIdleConns: 10,"
            + " maxConnLifetime: 1h}}")
        .formatted(name, PLUGIN, name, database, Postgres.USER);
  }

  private String service(String name) {
    List<Integer> own = ports.get(name);
    return "  %s: {rpc: {grpcPort: %d, membershipPort: %d, bindOnIP: 127.0.0.1}}"
        .formatted(name, own.get(0), own.get(1));
  }
}
