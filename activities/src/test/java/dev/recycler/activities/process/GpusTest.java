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
    nvidiaSmi(
        "[ \"$*\" = '--query-gpu=index,uuid --format=csv,noheader,nounits' ]"
            + " && printf '0, GPU-8a56\\n1, GPU-77f0\\n10, GPU-02\\n'");
    assertThat(visible(null)).containsExactly("0", "1", "10");
    assertThat(Gpus.visible(Map.of("PATH", folder.toString(), "CUDA_VISIBLE_DEVICES", "GPU-77,0")))
        .as("whatever they are called by, one GPU has one name in the records")
        .extracting(Gpus.Gpu::uuid)
        .containsExactly("GPU-77f0", "GPU-8a56");
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
                : Map.of("PATH", folder.toString(), "CUDA_VISIBLE_DEVICES", allowed))
        .stream()
        .map(Gpus.Gpu::id)
        .toList();
  }
}
