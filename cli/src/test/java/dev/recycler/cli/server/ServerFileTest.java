package dev.recycler.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFileTest {
  @TempDir private Path folder;

  @Test
  void portsAreRememberedWhenTheServerHasEnded() throws IOException {
    ServerFile.ownedByThisProcess(1234, 5678).withoutOwner().write(folder);
    ServerFile read = ServerFile.read(folder).orElseThrow();
    assertThat(read.address()).isEqualTo("127.0.0.1:1234");
    assertThat(read.ui()).isEqualTo("http://127.0.0.1:5678");
    assertThat(read.isLive()).isFalse();
  }

  @Test
  void aServerLivesAsLongAsItsOwner() throws IOException {
    ServerFile.ownedByThisProcess(1234, 5678).write(folder);
    assertThat(ServerFile.read(folder).orElseThrow().isLive()).isTrue();
  }

  @Test
  void anotherProcessWithTheSameNumberIsNotTheOwner() {
    long pid = ProcessHandle.current().pid();
    assertThat(new ServerFile(1, 2, pid, "2001-01-01T00:00:00Z").isLive()).isFalse();
  }

  @Test
  void aBrokenFileIsAsNone() throws IOException {
    Files.writeString(folder.resolve("server.json"), "{\"port\": ");
    assertThat(ServerFile.read(folder)).isEmpty();
    assertThat(ServerFile.read(folder.resolve("nowhere"))).isEmpty();
  }
}
