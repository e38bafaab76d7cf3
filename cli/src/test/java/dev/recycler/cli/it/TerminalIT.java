package dev.recycler.cli.it;

import static dev.recycler.cli.it.PseudoTerminal.CTRL_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a person at a terminal sees and types: questions, redrawing, colours, Ctrl-C. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TerminalIT {
  private static ToySeries toy;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    toy = new ToySeries("terminal");
    toy.mark("hold");
  }

  @AfterAll
  static void endServer() throws InterruptedException {
    toy.endServer();
  }

  private static PseudoTerminal open(String... words) {
    return PseudoTerminal.start(toy.onItsServer(words));
  }

  private static void endsWith(PseudoTerminal.End end, int code, String... lines) {
    assertThat(end.code()).as(end.written()).isEqualTo(code);
    List<String> screen = end.screen();
    // A terminal breaks long lines itself.
    assertThat(String.join("\n", screen).strip()).endsWith(String.join("\n", lines));
  }

  @Test
  @Order(1)
  void initAsksForWhatItIsNotGivenAndCtrlCWritesNothing() throws Exception {
    Path file = toy.folder.resolve("asked.yaml");
    Files.deleteIfExists(file);
    try (PseudoTerminal terminal = PseudoTerminal.start("init", file.toString())) {
      terminal.until("Name of the series? [asked] ").type(CTRL_C);
      assertThat(terminal.end().code()).isEqualTo(130);
      assertThat(file).doesNotExist();
    }
    try (PseudoTerminal terminal = PseudoTerminal.start("init", file.toString())) {
      terminal.until("Name of the series? [asked] ").type("\n");
      terminal.until("Model of M1").type(toy.folder.resolve("releases/M1") + "\n");
      terminal.until("Model of M2").type(toy.folder.resolve("releases/M2") + "\n");
      terminal.until("(empty: no more)").type("\n");
      terminal.until("Data to train on").type(toy.folder.resolve("data") + "\n");
      terminal.until("Tasks of lm-eval").type("gsm8k\n");
      endsWith(
          terminal.end(),
          0,
          "Written to " + file,
          "'recycler plan " + file + "' shows what it would do.");
    }
    assertThat(file).content().contains("series: asked", "task: gsm8k");
  }

  @Test
  @Order(2)
  void aWatchIsRedrawnInPlaceAndCtrlCSaysHowToComeBack() throws Exception {
    try (PseudoTerminal terminal = open("start", toy.file.toString(), "--watch")) {
      terminal.until("M1.plain.finetune").until("\u001b[J").until("\u001b[J").type(CTRL_C);
      PseudoTerminal.End end = terminal.end();
      endsWith(
          end,
          130,
          "recycler: interrupted; series toy goes on without you. 'recycler status toy --watch"
              + " --home "
              + toy.home()
              + "' comes back.");
      assertThat(end.written()).containsOnlyOnce("\u001b[?25l").containsOnlyOnce("\u001b[?25h");
      assertThat(end.screen()).filteredOn(line -> line.startsWith("toy  running")).hasSize(1);
    }
    assertThat(toy.status().path("state").asText()).isEqualTo("running");
  }

  @Test
  @Order(3)
  void aLogIsFollowedUntilCtrlC() throws Exception {
    toy.until("training", s -> s.path("running").findValuesAsText("log").size() == 2);
    try (PseudoTerminal terminal = open("logs", "toy", "M1.plain.finetune", "-f")) {
      terminal.until("waiting for hold").type(CTRL_C);
      endsWith(
          terminal.end(),
          130,
          "recycler: interrupted; M1.plain.finetune goes on without you. 'recycler logs toy"
              + " M1.plain.finetune -f --home "
              + toy.home()
              + "' comes back.");
    }
  }

  @Test
  @Order(4)
  void aServedReportFollowsTheSeriesUntilCtrlC() throws Exception {
    try (PseudoTerminal terminal = open("report", "toy", "--serve")) {
      terminal.until("Ctrl-C ends the page, not the series.");
      Matcher address = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/").matcher(terminal.shown());
      assertThat(address.find()).isTrue();
      HttpResponse<String> page = get(address.group(), "GET");
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("data-renew=\"true\"", ">running</span>");
      assertThat(get(address.group() + "etc/passwd", "GET").statusCode()).isEqualTo(404);
      assertThat(get(address.group(), "POST").statusCode()).isEqualTo(405);
      terminal.type(CTRL_C);
      endsWith(
          terminal.end(),
          130,
          "recycler: the page is served no more; the series goes on. 'recycler report toy --serve"
              + " --home "
              + toy.home()
              + "' serves it again.");
    }
  }

  private static HttpResponse<String> get(String address, String method) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(address))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  @Order(5)
  void updateAndCancelAskAndTakeNoForNo() throws Exception {
    Path corrected = toy.folder.resolve("corrected.yaml");
    Files.writeString(corrected, Files.readString(toy.file).replace("scale: 1.0", "scale: 0.5"));
    try (PseudoTerminal terminal = open("update", "toy", corrected.toString())) {
      terminal.until("Let series toy take up this file? [y/N] ").type("\n");
      endsWith(terminal.end(), 2, "recycler: nothing was done.");
    }
    try (PseudoTerminal terminal = open("cancel", "toy")) {
      terminal.until("End series toy and its running steps? [y/N] ").type(CTRL_C);
      endsWith(terminal.end(), 130, "recycler: interrupted.");
    }
    assertThat(toy.status().path("state").asText()).isEqualTo("running");
    try (PseudoTerminal terminal = open("cancel", "toy")) {
      terminal.until("End series toy and its running steps? [y/N] ").type("y\n");
      PseudoTerminal.End end = terminal.end();
      assertThat(end.code()).as(end.written()).isZero();
      assertThat(end.written()).contains("Series toy is being cancelled.");
    }
    toy.until("the end", s -> s.path("state").asText().equals("cancelled"));
  }

  @Test
  @Order(6)
  void whatAServerDoesWhileItStartsIsOneLineThatIsRedrawn() throws Exception {
    Path home = toy.folder.resolve("other-home");
    Folders.delete(home);
    try (PseudoTerminal terminal = PseudoTerminal.start("dev", "--home", home.toString())) {
      terminal.until("Ctrl-C ends server and worker.").type(CTRL_C);
      PseudoTerminal.End end = terminal.end();
      endsWith(end, 130, "Ended. Series that were running go on with the next 'recycler dev'.");
      assertThat(end.written()).contains("\rStarting the Temporal server");
      assertThat(end.screen())
          .noneMatch(line -> line.startsWith("Starting the Temporal server"))
          .anyMatch(
              line -> line.matches("(✓|ok) Starting the Temporal server  127\\.0\\.0\\.1:.*"));
    }
    assertThat(Homes.processes(home)).isEmpty();
  }

  @Test
  @Order(7)
  void coloursAreForTerminalsThatHaveThemAndPeopleWhoWantThem() throws Exception {
    PackagedCli bright = new PackagedCli().with("TERM", "xterm").with("NO_COLOR", "");
    for (String[] words : new String[][] {{"--help"}, {"doctor", "--address", "127.0.0.1:1"}}) {
      assertThat(written(bright, words)).contains("\u001b[");
      assertThat(written(bright.with("NO_COLOR", "1"), words)).doesNotContain("\u001b");
      assertThat(written(bright.with("TERM", "dumb"), words)).doesNotContain("\u001b");
      assertThat(bright.run(words).out()).doesNotContain("\u001b");
    }
  }

  private static String written(PackagedCli cli, String... words) throws InterruptedException {
    try (PseudoTerminal terminal = PseudoTerminal.start(cli, words)) {
      return terminal.end().written();
    }
  }
}
