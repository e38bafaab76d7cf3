package dev.recycler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of a distribution, with Javas that only print what they are given. */
class LauncherTest {
  @TempDir private Path folder;
  private Path app;
  private final Map<String, String> variables = new HashMap<>();

  private record Result(int code, String out, String err) {}

  @BeforeEach
  void layOut() throws IOException {
    app = folder.resolve("an app");
    Files.createDirectories(app.resolve("lib"));
    Path launcher = Path.of(System.getProperty("recycler.checkout"), "recycler");
    Files.copy(launcher, app.resolve("recycler"));
    executable(app.resolve("recycler"));
    variables.put("PATH", "/usr/bin:/bin");
    variables.put("HOME", folder.resolve("user").toString());
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path java(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    Path java = home.resolve("bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    Files.writeString(
        java, "#!/bin/sh\necho \"java of " + name + "\"\nfor a; do echo \"[$a]\"; done\n");
    executable(java);
    return home;
  }

  private Result run(Path launcher, String... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables);
    builder.directory(folder.toFile());
    int code = builder.start().waitFor();
    return new Result(code, Files.readString(out), Files.readString(err));
  }

  @Test
  void passesArgumentsOnAsTheyAre() throws Exception {
    variables.put("RECYCLER_JAVA_HOME", java("jdk 25", "25.0.1").toString());
    Result result = run(app.resolve("recycler"), "status", "a b", "", "$x");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith("java of jdk 25\n")
        .contains("[-cp]\n[" + app.toRealPath() + "/lib/*]\n")
        .endsWith("[dev.recycler.cli.Main]\n[status]\n[a b]\n[]\n[$x]\n");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void worksThroughSymbolicLinks() throws Exception {
    variables.put("RECYCLER_JAVA_HOME", java("jdk", "25").toString());
    Path bin = Files.createDirectories(folder.resolve("user/bin"));
    Path direct = Files.createSymbolicLink(folder.resolve("direct"), app.resolve("recycler"));
    Path again = Files.createSymbolicLink(bin.resolve("recycler"), Path.of("../../direct"));
    assertThat(run(direct, "list").out()).contains("[" + app.toRealPath() + "/lib/*]");
    assertThat(run(again, "list").out()).contains("[" + app.toRealPath() + "/lib/*]");
  }

  @Test
  void onlyCommandsThatMergeAskForTheVectorModule() throws Exception {
    variables.put("RECYCLER_JAVA_HOME", java("jdk", "25").toString());
    Path launcher = app.resolve("recycler");
    assertThat(run(launcher, "worker").out()).contains("[--add-modules=jdk.incubator.vector]");
    assertThat(run(launcher, "--debug", "merge").out()).contains("jdk.incubator.vector");
    assertThat(run(launcher, "status", "merge").out()).doesNotContain("jdk.incubator.vector");
    assertThat(run(launcher).out()).doesNotContain("jdk.incubator.vector");
  }

  @Test
  void takesJavaHomeWhereItIsNewEnough() throws Exception {
    variables.put("JAVA_HOME", java("newer", "26-ea").toString());
    assertThat(run(app.resolve("recycler"), "list").out()).startsWith("java of newer");
  }

  @Test
  void looksFurtherWhereJavaHomeIsTooOld() throws Exception {
    variables.put("JAVA_HOME", java("old", "21.0.4").toString());
    Path onPath = java("fitting", "25.0.2");
    variables.put("PATH", onPath.resolve("bin") + ":/usr/bin:/bin");
    assertThat(run(app.resolve("recycler"), "list").out()).startsWith("java of fitting");
  }

  @Test
  void asksAJavaForItsVersionWhereItsFolderDoesNotTell() throws Exception {
    Path home = java("telling", "25");
    Files.delete(home.resolve("release"));
    Files.writeString(
        home.resolve("bin/java"),
        """
        #!/bin/sh
        case $1 in -version) echo 'openjdk version "25.0.1" 2026-01-01' >&2 ;; *) echo it runs ;; esac
        """);
    variables.put("RECYCLER_JAVA_HOME", home.toString());
    assertThat(run(app.resolve("recycler"), "list").out()).isEqualTo("it runs\n");
  }

  @Test
  void aChosenJavaThatIsTooOldIsNamedAndNoOtherIsTaken() throws Exception {
    variables.put("JAVA_HOME", java("good", "25").toString());
    variables.put("RECYCLER_JAVA_HOME", java("old", "17.0.15").toString());
    Result result = run(app.resolve("recycler"), "list");
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err())
        .contains("RECYCLER_JAVA_HOME is " + folder.resolve("old"), "a Java 17", "JDK 25");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aChosenFolderWithoutJavaIsNamed() throws Exception {
    variables.put("RECYCLER_JAVA_HOME", folder.resolve("nowhere").toString());
    Result result = run(app.resolve("recycler"), "list");
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err()).contains("there is no bin/java");
  }
}
