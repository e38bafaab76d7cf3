package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Every command doing its work, on one series through its life: what goes where. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EveryCommandIT {
  private static final PackagedCli CLI = new PackagedCli();
  private static final Set<String> SEEN = new LinkedHashSet<>();

  private static ToySeries toy;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    toy = new ToySeries("every");
    toy.mark("hold");
    SEEN.add("dev");
  }

  @AfterAll
  static void endServer() throws InterruptedException {
    toy.endServer();
  }

  /** A command with the series' server. */
  private static PackagedCli.Result done(String... words) throws InterruptedException {
    return good(words[0], toy.run(words));
  }

  /** A command that has no server. */
  private static PackagedCli.Result alone(String... words) throws InterruptedException {
    return good(words[0], CLI.run(words));
  }

  private static PackagedCli.Result good(String command, PackagedCli.Result result) {
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    SEEN.add(command);
    return result;
  }

  private static void said(PackagedCli.Result result, String pattern) {
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).matches(pattern);
  }

  private static String printed(PackagedCli.Result result) {
    assertThat(result.err()).isEmpty();
    return result.out();
  }

  @Test
  @Order(1)
  void start() throws Exception {
    Path fresh = toy.folder.resolve("fresh.yaml");
    String m1 = toy.folder.resolve("releases/M1").toString();
    String m2 = toy.folder.resolve("releases/M2").toString();
    String data = toy.folder.resolve("data").toString();
    said(
        alone(
            "init",
            fresh.toString(),
            "--release",
            "M1=" + m1,
            "--release",
            "M2=" + m2,
            "--data",
            data),
        "Written to .*/fresh.yaml\n'recycler plan .*/fresh.yaml' shows what it would do.\n");
    assertThat(fresh).content().startsWith("# What 'recycler plan' shows");

    assertThat(printed(done("doctor"))).contains("ok    Java", "ok    Temporal");
    assertThat(printed(alone("plan", toy.file.toString())))
        .startsWith("toy  ")
        .contains("M2.direct.merge", "Disk  ", "GPU-hours  ");
    said(
        done("start", toy.file.toString()),
        "Series toy started.\nFollow it with 'recycler status toy --watch --home .*'.\n");
  }

  @Test
  @Order(2)
  void steer() throws Exception {
    toy.untilStep("M1.plain.finetune", "running");
    said(
        done("pause", "toy"),
        "Series toy is paused: .* 'recycler resume toy --home .*' goes on.\n");
    said(
        done("resume", "toy"),
        "Series toy goes on. 'recycler status toy --watch .*' follows it.\n");
    said(
        done("skip", "toy", "M2.direct.merge"),
        """
        M2.direct.merge is skipped, and 5 more that need it.
        'recycler retry toy M2.direct.merge --home .*' takes it back while the series runs.
        """);
    said(done("retry", "toy", "M2.direct.merge"), "M2.direct.merge is being tried again.\n");
    toy.unmark("hold");
    toy.until("the gate", s -> s.path("message").asText().contains("M2.direct.gate"));
    said(
        done("approve", "toy", "M2.direct.gate"),
        "M2.direct.gate is approved: the fine-tuning that waited for it goes ahead.\n");
    toy.release(3);
    said(
        done("add-release", "toy", "M3", toy.folder.resolve("releases/M3").toString()),
        "Release M3 is now part of series toy. 'recycler status toy --watch .*' follows it.\n");
    toy.until("the gate", s -> s.path("message").asText().contains("M3.direct.gate"));
  }

  @Test
  @Order(3)
  void follow() throws Exception {
    assertThat(printed(done("list")).lines().toList())
        .hasSize(2)
        .satisfiesExactly(
            head -> assertThat(head).matches("SERIES +STATE +STEPS +STARTED"),
            row -> assertThat(row).matches("toy +waiting +\\d+ of \\d+ +\\d.*"));
    assertThat(printed(done("status", "toy")))
        .startsWith("toy  waiting")
        .contains("recycler approve toy M3.direct.gate --home ");
    assertThat(printed(done("logs", "toy", "M1.plain.finetune"))).contains("records out");
    done("logs", "toy", "M1.plain.finetuned.evaluate.sums");
    assertThat(printed(done("report", "toy"))).startsWith("toy  running").contains("sums");
    Path page = toy.folder.resolve("report.html");
    said(done("report", "toy", "--out", page.toString()), "Written to .*/report.html\n");
    assertThat(page).content().startsWith("<!DOCTYPE html>");
  }

  @Test
  @Order(4)
  void models() throws Exception {
    String m1 = toy.folder.resolve("releases/M1").toString();
    String m2 = toy.folder.resolve("releases/M2").toString();
    String tuned = toy.folder.resolve("store/series/toy/M1.plain.finetune").toString();
    String merged = toy.folder.resolve("merged").toString();
    PackagedCli.Result merge =
        alone("merge", "--base", m1, "--finetuned", tuned, "--target", m2, "--out", merged);
    assertThat(merge.out()).matches(merged + "  scale 1.0  [\\d.]+ KiB\n");
    assertThat(merge.err()).startsWith("1 tensors, 64 values, ");
    String difference = toy.folder.resolve("difference").toString();
    PackagedCli.Result diff =
        alone("diff", "extract", "--base", m1, "--finetuned", tuned, "--out", difference);
    assertThat(diff.out()).isEqualTo(difference + "\n");
    assertThat(diff.err()).startsWith("note: every difference is held exactly");
    assertThat(printed(alone("analyze", "--base", m1, "--finetuned", tuned))).contains("lost bf16");
    String published = toy.folder.resolve("published").toString();
    assertThat(printed(alone("publish", tuned, "--to", published)))
        .isEqualTo("folder: " + published + "\n");
    assertThat(printed(alone("lineage", tuned))).contains("M1");
    said(alone("verify", tuned), "Reading \\S+\n1 of 1 folders are as recorded .*\n");
    said(
        alone("gc", toy.folder.resolve("store").toString()),
        "0 folders, 0 B: nothing to remove.\n");
  }

  @Test
  @Order(5)
  void updateAndCancel() throws Exception {
    Path corrected = toy.folder.resolve("corrected.yaml");
    Files.writeString(corrected, toy.text("0.5", toy.release(1), toy.release(2), toy.release(3)));
    PackagedCli.Result update = done("update", "toy", corrected.toString(), "--yes");
    assertThat(update.out()).startsWith("merge.scale is 1.0 there and 0.5 here\n");
    assertThat(update.err()).matches("Series toy takes up the file. 'recycler .*' follows it.\n");
    said(done("cancel", "toy", "--yes"), "Series toy is being cancelled. .*\n");
    toy.until("the end", s -> s.path("state").asText().equals("cancelled"));
  }

  @Test
  @Order(6)
  void run() throws Exception {
    PackagedCli.Running worker = toy.start("worker", "--slots", "1");
    while (!PackagedCli.read(worker.err()).contains("Log ")) {
      assertThat(worker.process().isAlive()).as(PackagedCli.read(worker.err())).isTrue();
      Thread.sleep(100);
    }
    worker.process().destroy();
    PackagedCli.Result ended = worker.join();
    assertThat(ended.code()).isEqualTo(128 + 15);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err())
        .contains("Works for the Temporal server at 127.0.0.1:")
        .endsWith("Ended. Trainings that were running go on.\n");
    SEEN.add("worker");
  }

  @Test
  @Order(7)
  void shell() throws Exception {
    assertThat(printed(alone("completion", "fish"))).contains("complete -c recycler");
    assertThat(printed(alone("man", "merge"))).startsWith(".TH RECYCLER\\-MERGE 1\n");
  }

  @Test
  @Order(8)
  void noCommandIsLeftOut() {
    SEEN.add("quickstart"); // by QuickstartIT, which takes minutes
    SEEN.add("drill"); // is a test of its own
    SEEN.add("codec-server"); // needs keys, and is tested with them
    SEEN.add("finish"); // of a series that watches a hub, which this one does not
    assertThat(SEEN).containsExactlyInAnyOrderElementsOf(Cli.commands());
  }
}
