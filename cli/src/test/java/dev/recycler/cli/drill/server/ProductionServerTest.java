package dev.recycler.cli.drill.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Places;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the drill's production server needs and is told; that it serves is seen where it is run. */
class ProductionServerTest {
  @TempDir Path folder;

  @Test
  void aMissingProgramIsNamedWithWhatBringsIt() throws Exception {
    assertThatThrownBy(() -> ServerPrograms.find(places()))
        .isInstanceOf(CommandFailed.class)
        .hasMessage(
            "there is no program temporal-server on the PATH: put those of a Temporal release"
                + " there, or run 'python3 deploy/cluster/loopback_cluster.py' once, which builds"
                + " them; --address drills on a server that is there.");
    program("temporal-server");
    assertThatThrownBy(() -> ServerPrograms.find(places()))
        .hasMessageStartingWith("there is no program temporal-sql-tool on the PATH");
  }

  @Test
  void programsOfThePathAreTaken() throws Exception {
    Path server = program("temporal-server");
    Path schema = program("temporal-sql-tool");
    program("initdb");
    assertThat(ServerPrograms.find(places())).isEqualTo(new ServerPrograms(server, schema, folder));
  }

  @Test
  @SuppressWarnings("unchecked")
  void everyServiceHasPortsOfItsOwnThatTheDatabaseCanHold() throws Exception {
    ServerConfig config = ServerConfig.choose(5432);
    config.write(folder);
    Map<String, Object> told =
        (Map<String, Object>)
            new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(folder.resolve("drill.yaml")));
    Map<String, Map<String, Map<String, Object>>> services =
        (Map<String, Map<String, Map<String, Object>>>) told.get("services");
    assertThat(services.keySet()).containsExactlyElementsOf(ServerConfig.SERVICES);
    Set<Object> ports = new HashSet<>();
    services
        .values()
        .forEach(
            service ->
                ports.addAll(
                    List.of(
                        service.get("rpc").get("grpcPort"),
                        service.get("rpc").get("membershipPort"))));
    assertThat(ports).hasSize(8).allSatisfy(port -> assertThat((Integer) port).isLessThan(32768));
    assertThat(config.address())
        .isEqualTo("127.0.0.1:" + services.get("frontend").get("rpc").get("grpcPort"));
  }

  private Path program(String name) throws Exception {
    return Files.setPosixFilePermissions(
        Files.createFile(folder.resolve(name)), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Places places() {
    return new Places(Map.of("PATH", folder.toString()), folder, folder, folder, false);
  }
}
