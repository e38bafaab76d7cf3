package dev.recycler.cli.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.cli.FakePrograms;
import dev.recycler.cli.Sessions;
import dev.recycler.cli.console.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BasePythonTest {
  @TempDir private Path folder;
  private Path bin;
  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void setUp() throws IOException {
    bin = Files.createDirectories(folder.resolve("bin"));
    variables.put("PATH", bin.toString());
  }

  private BasePython find() throws InterruptedException {
    return BasePython.find(new Sessions(folder, variables).session().places());
  }

  private void choose(Path python) {
    variables.put(BasePython.CHOOSE, python.toString());
  }

  @Test
  void takesTheFirstThatFits() throws Exception {
    FakePrograms.python(bin.resolve("python3"), 9, true, "");
    Path fitting = FakePrograms.python(bin.resolve("python3.12"), 12, true, "");
    assertThat(find()).isEqualTo(new BasePython(fitting, "3.12"));
  }

  @Test
  void passesOverAShimThatDoesNotRunAndAPythonWithoutVenv() throws Exception {
    FakePrograms.script(bin.resolve("python3"), "echo command not found >&2; exit 127\n");
    FakePrograms.python(bin.resolve("python3.13"), 13, false, "");
    Path fitting = FakePrograms.python(bin.resolve("python3.11"), 11, true, "");
    assertThat(find().executable()).isEqualTo(fitting);
  }

  @Test
  void aChosenOneThatIsTooOldIsNamed() throws IOException {
    choose(FakePrograms.python(bin.resolve("old"), 8, true, ""));
    assertThatThrownBy(this::find)
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("need Python 3.10 to 3.13")
        .hasMessageContaining("old is 3.8");
  }

  @Test
  void aChosenOneThatIsTooNewIsNamed() throws IOException {
    choose(FakePrograms.python(bin.resolve("new"), 14, true, ""));
    assertThatThrownBy(this::find).hasMessageContaining("new is 3.14");
  }

  @Test
  void aMissingVenvModuleIsNamedWithItsPackage() throws IOException {
    choose(FakePrograms.python(bin.resolve("bare"), 11, false, ""));
    assertThatThrownBy(this::find)
        .hasMessageContaining("lacks the venv module")
        .hasMessageContaining("python3-venv");
  }

  @Test
  void aChosenProgramThatIsNoPythonIsNamed() throws IOException {
    choose(FakePrograms.script(bin.resolve("cat"), "exit 3\n"));
    assertThatThrownBy(this::find).hasMessageContaining("not a Python that runs");
  }
}
