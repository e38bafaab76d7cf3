package dev.recycler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.LauncherBench.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of a distribution, with Javas that only print what they are given. */
class LauncherTest {
  @TempDir private Path folder;
  private Path app;
  private LauncherBench bench;

  @BeforeEach
  void layOut() throws IOException {
    app = folder.resolve("an app");
    Files.createDirectories(app.resolve("lib"));
    bench = new LauncherBench(folder);
    bench.launcher(app);
  }

  private Path java(String name, String version) throws IOException {
    return bench.java(name, version);
  }

  private Result run(Path launcher, String... arguments) throws IOException, InterruptedException {
    return bench.run(launcher, arguments);
  }

  @Test
  void passesArgumentsOnAsTheyAre() throws Exception {
    bench.set("RECYCLER_JAVA_HOME", java("jdk 25", "25.0.1").toString());
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
    bench.set("RECYCLER_JAVA_HOME", java("jdk", "25").toString());
    Path bin = Files.createDirectories(folder.resolve("user/bin"));
    Path direct = Files.createSymbolicLink(folder.resolve("direct"), app.resolve("recycler"));
    Path again = Files.createSymbolicLink(bin.resolve("recycler"), Path.of("../../direct"));
    assertThat(run(direct, "list").out()).contains("[" + app.toRealPath() + "/lib/*]");
    assertThat(run(again, "list").out()).contains("[" + app.toRealPath() + "/lib/*]");
  }

  @Test
  void onlyCommandsThatMergeAskForTheVectorModule() throws Exception {
    bench.set("RECYCLER_JAVA_HOME", java("jdk", "25").toString());
    Path launcher = app.resolve("recycler");
    assertThat(run(launcher, "worker").out()).contains("[--add-modules=jdk.incubator.vector]");
    assertThat(run(launcher, "--debug", "merge").out()).contains("jdk.incubator.vector");
    assertThat(run(launcher, "status", "merge").out()).doesNotContain("jdk.incubator.vector");
    assertThat(run(launcher).out()).doesNotContain("jdk.incubator.vector");
  }

  @Test
  void onlyCommandsThatStartNobodyAskTheCLibraryForHugePages() throws Exception {
    Path java = java("jdk", "25");
    FakePrograms.script(java.resolve("bin/java"), "echo \"tunables=$GLIBC_TUNABLES\"\n");
    bench.set("RECYCLER_JAVA_HOME", java.toString());
    Path launcher = app.resolve("recycler");
    assertThat(run(launcher, "merge").out()).contains("tunables=glibc.malloc.hugetlb=1\n");
    assertThat(run(launcher, "worker").out()).contains("tunables=\n");
    bench.set("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0");
    assertThat(run(launcher, "diff", "extract").out())
        .contains("tunables=glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=0\n");
    assertThat(run(launcher, "dev").out()).contains("tunables=glibc.malloc.tcache_count=0\n");
  }

  @Test
  void takesJavaHomeWhereItIsNewEnough() throws Exception {
    bench.set("JAVA_HOME", java("newer", "26-ea").toString());
    assertThat(run(app.resolve("recycler"), "list").out()).startsWith("java of newer");
  }

  @Test
  void looksFurtherWhereJavaHomeIsTooOld() throws Exception {
    bench.set("JAVA_HOME", java("old", "21.0.4").toString());
    Path onPath = java("fitting", "25.0.2");
    bench.set("PATH", onPath.resolve("bin") + ":/usr/bin:/bin");
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
    bench.set("RECYCLER_JAVA_HOME", home.toString());
    assertThat(run(app.resolve("recycler"), "list").out()).isEqualTo("it runs\n");
  }

  /** A Java that rehearses: it notes that it did, and keeps a cache and some help. */
  private Path rehearsing() throws IOException {
    Path home = java("jdk", "25.0.1");
    FakePrograms.script(
        home.resolve("bin/java"),
        """
        for a; do
          case $a in
            -XX:AOTCacheOutput=*)
              echo rehearsed >>"%1$s"
              echo cache >"${a#*=}"
              scratch=$(dirname "${a#*=}")
              mkdir -p "$scratch/files/help"
              echo 'kept help of merge' >"$scratch/files/help/merge"
              exit 0
              ;;
            -XX:DumpLoadedClassList=*)
              echo rehearsed >>"%1$s"
              echo classes >"${a#*=}"
              exit 0
              ;;
            -XX:SharedClassListFile=*) [ -s "${a#*=}" ] && dump=yes ;;
            -XX:SharedArchiveFile=*)
              [ -z "${dump:-}" ] || { echo cache >"${a#*=}"; exit 0; }
              ;;
          esac
        done
        for a; do echo "[$a]"; done
        """
            .formatted(folder.resolve("rehearsals")));
    bench.set("RECYCLER_JAVA_HOME", home.toString());
    return home;
  }

  @Test
  void rehearsesOnceForEachSetOfOptionsAndStartsFromWhatIsKept() throws Exception {
    rehearsing();
    Path launcher = app.resolve("recycler");
    Result first = run(launcher, "list");
    Result second = run(launcher, "list");
    Result other = run(launcher, "merge");
    assertThat(Files.readAllLines(folder.resolve("rehearsals"))).hasSize(2);
    assertThat(first.out())
        .containsPattern(cacheOption("AOTCache", "commands"))
        .isEqualTo(second.out());
    assertThat(other.out()).containsPattern(cacheOption("SharedArchiveFile", "merge"));
    assertThat(first.err() + second.err() + other.err()).isEmpty();
    try (Stream<Path> kept = Files.list(onlyFolder(app.resolve("kept")))) {
      assertThat(kept.map(file -> file.getFileName().toString().replaceAll("-.*", "")))
          .containsExactlyInAnyOrder("commands", "merge", "help");
    }
  }

  private String cacheOption(String option, String rehearsal) throws IOException {
    return Pattern.quote("[-XX:" + option + "=" + app.toRealPath() + "/kept/")
        + "\\d+/"
        + rehearsal
        + "-\\d+\\.cache";
  }

  private static Path onlyFolder(Path parent) throws IOException {
    try (Stream<Path> folders = Files.list(parent)) {
      return folders.findAny().orElseThrow();
    }
  }

  @Test
  void keptHelpIsPrintedWithoutJava() throws Exception {
    rehearsing();
    Path launcher = app.resolve("recycler");
    run(launcher, "list");
    assertThat(run(launcher, "merge", "--help").out()).isEqualTo("kept help of merge\n");
    assertThat(run(launcher, "diff", "--help").out()).contains("[diff]\n[--help]\n");
    assertThat(run(launcher, "../help/merge", "--help").out()).contains("[../help/merge]");
    assertThat(run(launcher, "merge", "--json", "--help").out()).contains("[--json]");
  }

  @Test
  void aChosenJavaThatIsTooOldIsNamedAndNoOtherIsTaken() throws Exception {
    bench.set("JAVA_HOME", java("good", "25").toString());
    bench.set("RECYCLER_JAVA_HOME", java("old", "17.0.15").toString());
    Result result = run(app.resolve("recycler"), "list");
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err())
        .contains("RECYCLER_JAVA_HOME is " + folder.resolve("old"), "a Java 17", "JDK 25");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aChosenFolderWithoutJavaIsNamed() throws Exception {
    bench.set("RECYCLER_JAVA_HOME", folder.resolve("nowhere").toString());
    Result result = run(app.resolve("recycler"), "list");
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err()).contains("there is no bin/java");
  }

  @Test
  void aRehearsalThatLosesItsScratchFolderKeepsNoCommandFromRunning() throws Exception {
    Path home = java("jdk", "25");
    FakePrograms.script(
        home.resolve("bin/java"),
        """
        for a; do case $a in -XX:AOTCacheOutput=*) rm -rf "$(dirname "${a#*=}")"; exit 1 ;; esac; done
        echo ran
        """);
    bench.set("RECYCLER_JAVA_HOME", home.toString());
    Result result = run(app.resolve("recycler"), "list");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualTo("ran\n");
  }

  @Test
  void aProgramThatWasReplacedInItsPlaceRehearsesAgain() throws Exception {
    bench.set("RECYCLER_JAVA_HOME", java("jdk", "25").toString());
    run(app.resolve("recycler"), "list");
    Files.writeString(app.resolve("lib/new.jar"), "x");
    run(app.resolve("recycler"), "list");
    run(app.resolve("recycler"), "list");
    try (var caches = Files.list(app.resolve("kept"))) {
      assertThat(caches).hasSize(2);
    }
  }
}
