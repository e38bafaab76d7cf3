package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.store.Folders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A short drill of the packaged program, with fixed seeds. */
class DrillIT {
  private static final Path HOME = PackagedCli.WORK.resolve("drill");

  @Test
  void nothingIsLostWhateverDies() throws Exception {
    Folders.delete(HOME);
    PackagedCli.Result result =
        drill(
            "--runs=3",
            "--seed=202",
            "--at-once=2",
            "--faults=kill-worker,kill-both,power-cut,cut-checkpoint,flip-artifact");

    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .contains("seed 202 ", "seed 203 ", "seed 204 ", "3 runs", "nothing was lost");
    assertThat(Homes.processes(HOME)).isEmpty();
    assertThat(Homes.list(HOME))
        .extracting(Path::getFileName)
        .containsOnly(Path.of("drill.log"), Path.of("lock"));
  }

  @Test
  void aFaultThatIsNoneIsRefused() throws Exception {
    PackagedCli.Result result = drill("--faults=kill-everybody");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("there is no fault 'kill-everybody'", "kill-worker");
    result = drill("--faults=kill-wroker");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("no fault kill-wroker; did you mean kill-worker?");
  }

  @Test
  void faultsThatCannotComeAreRefused() throws Exception {
    PackagedCli.Result result = drill("--faults=kill-database");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("kill-database", "give --server postgres");
    result = drill("--faults=server", "--address=127.0.0.1:1");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("leave --address out");
    result = drill("--server=postgres", "--address=127.0.0.1:1");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("leave --server out, or --address");
  }

  @Test
  void realRunsWithoutTheirToolsSayHowToGetThem() throws Exception {
    PackagedCli.Result result =
        new PackagedCli()
            .with("XDG_CACHE_HOME", PackagedCli.WORK.resolve("no-cache").toString())
            .run("drill", "--home", HOME.toString(), "--runs=1", "--real-every=1");
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err()).contains("--real-every needs TRL", "'recycler quickstart --smoke'");
  }

  private static PackagedCli.Result drill(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of("drill", "--home", HOME.toString()));
    all.addAll(List.of(words));
    return new PackagedCli().run(all.toArray(String[]::new));
  }
}
