package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpusTest {
  @TempDir Path folder;

  @Test
  void aWorkerThatIsGivenSomeUsesThose() throws Exception {
    nvidiaSmi("echo 0");
    assertThat(visible("2,GPU-8a56,5")).containsExactly("2", "GPU-8a56", "5");
    assertThat(visible("")).isEmpty();
    assertThat(visible("-1")).isEmpty();
  }

  @Test
  void elseThoseThatTheDriverLists() throws Exception {
    nvidiaSmi("[ \"$*\" = '--query-gpu=index --format=csv,noheader' ] && printf '0\\n1\\n10\\n'");
    assertThat(visible(null)).containsExactly("0", "1", "10");
  }

  @Test
  void aMachineWithoutADriverOrWithABrokenOneHasNone() throws Exception {
    assertThat(visible(null)).isEmpty();
    nvidiaSmi("echo 'NVIDIA-SMI has failed'; exit 9");
    assertThat(visible(null)).isEmpty();
  }

  private void nvidiaSmi(String program) throws IOException {
    Path script = folder.resolve("nvidia-smi");
    Files.writeString(script, "#!/bin/sh\n" + program + "\n");
    script.toFile().setExecutable(true);
  }

  private List<String> visible(String allowed) throws Exception {
    return Gpus.visible(
        allowed == null
            ? Map.of("PATH", folder.toString())
            : Map.of("PATH", folder.toString(), "CUDA_VISIBLE_DEVICES", allowed));
  }
}
