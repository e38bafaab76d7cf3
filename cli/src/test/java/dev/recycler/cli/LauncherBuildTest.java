package dev.recycler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.LauncherBench.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a clone, with a script in the place of Maven. */
class LauncherBuildTest {
  private static final String BUILD =
      """
      echo "build with $JAVA_HOME" >> builds
      sleep 1
      mkdir -p cli/target/dist/lib
      date +%N > cli/target/dist/lib/jar
      : > cli/target/recycler-1.tar.gz
      """;

  @TempDir private Path folder;
  private Path clone;
  private Path launcher;
  private LauncherBench bench;

  @BeforeEach
  void layOut() throws IOException {
    clone = folder.resolve("a clone");
    bench = new LauncherBench(folder);
    bench.set("RECYCLER_JAVA_HOME", bench.java("jdk", "25").toString());
    launcher = bench.launcher(clone);
    Files.createDirectories(clone.resolve("deploy/python"));
    source("cli/src/main/java/Main.java");
    source("pom.xml");
    FakePrograms.script(clone.resolve("mvnw"), BUILD);
  }

  /** Writes a source that is older than any build. */
  private Path source(String name) throws IOException {
    Path file = clone.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
    return file;
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(clone.resolve("builds"));
  }

  private Path installed() throws IOException {
    Path all = clone.resolve("cli/target/installed");
    return all.resolve(Files.readString(all.resolve("current")).strip());
  }

  @Test
  void buildsOnceOnFirstUseWithTheJdkThatWasFound() throws Exception {
    Result first = bench.run(launcher, "list");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err()).contains("building from source", "build.log");
    assertThat(first.out()).contains("[" + installed().toRealPath() + "/lib/*]");
    Result second = bench.run(launcher, "list");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).containsExactly("build with " + folder.resolve("jdk"));
  }

  @Test
  void buildsAgainWhereASourceIsNewer() throws Exception {
    bench.run(launcher, "list");
    Path before = installed();
    Files.setLastModifiedTime(
        clone.resolve("cli/src/main/java/Main.java"), FileTime.from(Instant.now().plusSeconds(60)));
    bench.run(launcher, "list");
    assertThat(builds()).hasSize(2);
    assertThat(installed()).isNotEqualTo(before);
  }

  @Test
  void aBuildLeavesTheFilesOfARunningRecyclerAlone() throws Exception {
    bench.run(launcher, "list");
    Path running = installed();
    Files.writeString(running.resolve("users/" + ProcessHandle.current().pid()), "");
    Files.writeString(running.resolve("lib/jar"), "in use");
    Files.setLastModifiedTime(
        clone.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
    bench.run(launcher, "list");
    assertThat(running.resolve("lib/jar")).hasContent("in use");
  }

  @Test
  void copiesThatNobodyUsesAreRemoved() throws Exception {
    bench.run(launcher, "list");
    Path before = installed();
    Files.setLastModifiedTime(
        clone.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
    bench.run(launcher, "list");
    assertThat(before).doesNotExist();
    assertThat(installed()).exists();
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Result>> both =
          threads.invokeAll(
              List.of(() -> bench.run(launcher, "list"), () -> bench.run(launcher, "list")));
      for (Future<Result> one : both) {
        assertThat(one.get().code()).as(one.get().err()).isZero();
      }
    }
    assertThat(builds()).hasSize(1);
  }

  @Test
  void theLockOfABuildThatWasKilledIsTakenOver() throws Exception {
    Path lock = Files.createDirectories(clone.resolve("cli/target/installed/lock"));
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.writeString(lock.resolve("pid"), Long.toString(gone.pid()));
    assertThat(bench.run(launcher, "list").code()).isZero();
    assertThat(lock).doesNotExist();
  }

  @Test
  void aBuildThatFailsIsToldWithItsLogAndTriedAgainNextTime() throws Exception {
    FakePrograms.script(clone.resolve("mvnw"), "echo '[ERROR] no such symbol'; exit 1\n");
    Result failed = bench.run(launcher, "list");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err()).contains("the build failed", "no such symbol", "build.log");
    FakePrograms.script(clone.resolve("mvnw"), BUILD);
    assertThat(bench.run(launcher, "list").code()).isZero();
  }

  @Test
  void aJavaWithoutCompilerCanNotBuildAndSaysSo() throws Exception {
    Files.delete(folder.resolve("jdk/bin/javac"));
    Result result = bench.run(launcher, "list");
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err()).contains("needs a JDK", folder.resolve("jdk").toString());
  }

  @Test
  void aCloneThatCanNotBeWrittenIsToldInsteadOfWaitedFor() throws Exception {
    Files.createDirectories(clone.resolve("cli/target"));
    Files.writeString(clone.resolve("cli/target/installed"), "not a folder");
    Result result = bench.run(launcher, "list");
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err())
        .contains("this clone must be built, and ", "cli/target/installed cannot be written");
  }

  @Test
  void aBuiltCloneOfSomebodyElseRunsCommandsThatStay() throws Exception {
    bench.run(launcher, "list");
    // No name can be made below a file, as in a folder that may not be written, even by root.
    Path users = installed().resolve("users");
    Files.delete(users);
    Files.writeString(users, "");
    Result result = bench.run(launcher, "merge");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).endsWith("[merge]\n");
  }
}
