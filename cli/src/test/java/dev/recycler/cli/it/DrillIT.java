package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.store.Folders;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short drill of the packaged program, with fixed seeds. */
class DrillIT {
  private final Path home = PackagedCli.WORK.resolve("drill");

  @ParameterizedTest
  @CsvSource({
    "1, kill-worker",
    "2, 'kill-supervisor,kill-trainer'",
    "3, power-cut",
    "4, flip-artifact",
  })
  void nothingIsLost(long seed, String faults) throws Exception {
    PackagedCli.Result result = drill("--seed", Long.toString(seed), "--faults", faults);

    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("seed " + seed, "nothing was lost");
    assertThat(Homes.processes(home)).isEmpty();
    assertThat(home.resolve("run-" + seed)).doesNotExist();
  }

  @Test
  void aFaultThatIsNoneIsRefused() throws Exception {
    PackagedCli.Result result = drill("--faults", "kill-everybody");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("there is no fault kill-everybody", "kill-worker");
  }

  private PackagedCli.Result drill(String... words) throws Exception {
    Folders.delete(home);
    String[] all = new String[words.length + 5];
    all[0] = "drill";
    all[1] = "--runs";
    all[2] = "1";
    all[3] = "--home";
    all[4] = home.toString();
    System.arraycopy(words, 0, all, 5, words.length);
    return new PackagedCli().run(all);
  }
}
