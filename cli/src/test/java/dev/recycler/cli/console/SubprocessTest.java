package dev.recycler.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubprocessTest {
  @TempDir private Path folder;

  @Test
  void passesOnAllOutputAndKeepsIt() throws Exception {
    List<String> lines = new ArrayList<>();
    Path log = folder.resolve("log");
    int status =
        new Subprocess(List.of("sh", "-c", "echo one; echo two >&2; printf three; exit 7"))
            .log(log)
            .onLine(lines::add)
            .run();
    assertThat(status).isEqualTo(7);
    lines.removeIf(String::isEmpty);
    assertThat(lines).containsExactlyInAnyOrder("one", "two", "three");
    assertThat(log).content().contains("one\n", "two\n", "three\n");
  }

  @Test
  void endsTheProgramAndItsChildrenWhereTheThreadIsInterrupted() {
    List<String> pids = new ArrayList<>();
    Thread self = Thread.currentThread();
    assertThatThrownBy(
            () ->
                new Subprocess(List.of("sh", "-c", "sleep 600 & echo $! $$; wait"))
                    .onLine(
                        line -> {
                          if (!line.isEmpty()) {
                            pids.addAll(List.of(line.split(" ", -1)));
                            self.interrupt();
                          }
                        })
                    .run())
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(pids).hasSize(2);
    for (String pid : pids) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(handle -> handle.onExit().join());
    }
  }

  @Test
  void saysWhereThereIsNoSuchProgram() {
    assertThatThrownBy(() -> new Subprocess(List.of("/nowhere/program")).run())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/nowhere/program");
  }
}
