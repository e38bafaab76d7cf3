package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A report as one page that loads nothing and runs nothing: its policy forbids both. It is
 * well-formed XML too, so that a program can read it.
 */
final class HtmlReport {
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm", Locale.ENGLISH);
  private static final DateTimeFormatter ZONE = DateTimeFormatter.ofPattern("z", Locale.ENGLISH);

  private final Report report;
  private final ZoneId zone;
  private final LivePage live;
  private final Markup page = new Markup();
  private final HtmlTables tables = new HtmlTables(page);
  private final HtmlFigure figure = new HtmlFigure(page, tables);

  /** A page that stays as it is. */
  HtmlReport(Report report, ZoneId zone) {
    this(report, zone, null);
  }

  /**
   * @param live how the page renews itself, or null
   */
  HtmlReport(Report report, ZoneId zone, LivePage live) {
    this.report = report;
    this.zone = zone;
    this.live = live;
  }

  String render() {
    page.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
    String title = report.series() + " – recycler report";
    if (live == null) {
      HtmlHead.write(page, title);
    } else {
      HtmlHead.writeLive(page, title);
    }
    page.open("body");
    top();
    page.open("main");
    failures();
    sentences("What holds", "findings", report.findings());
    for (int i = 0; i < report.tables().size(); i++) {
      scores(report.tables().get(i), "scores-" + (i + 1));
    }
    for (int i = 0; i < report.transfers().size(); i++) {
      transfers(report.transfers().get(i), "transfers-" + (i + 1));
    }
    convergence();
    connectivity();
    new HtmlCosts(report, page, tables).write();
    models();
    recipe();
    sentences("How to read this", "notes", report.notes());
    page.closeLine();
    page.closeLine();
    page.closeLine();
    return page.toString();
  }

  private void top() {
    page.open("header");
    page.element("p", "Recycling-then-finetuning report", "class", "eyebrow");
    page.open("h1").text(report.series() + " ");
    String state = report.state().name().toLowerCase(Locale.ROOT);
    page.element("span", state, "class", "state " + state);
    page.close();
    page.open("dl", "class", "facts");
    fact("Releases", counted(report.releases()));
    fact(
        "Scores",
        report.tables().isEmpty()
            ? "none asked for"
            : report.tables().stream()
                .map(ScoreTable::evaluation)
                .collect(Collectors.joining(", ")));
    fact("Trainer", report.finetune() == null ? "none" : report.finetune().trainer());
    if (report.started() != null) {
      Instant start = Instant.parse(report.started());
      fact("Started", time(start));
      if (report.finished() != null) {
        Instant end = Instant.parse(report.finished());
        fact(
            "Last step ended", time(end) + ", after " + Durations.of(Duration.between(start, end)));
      }
    }
    page.closeLine();
    if (live != null) {
      page.element(
          "p",
          live.sentence(),
          "id",
          "live",
          "class",
          "legend",
          "data-renew",
          Boolean.toString(live.renewed()));
    }
    page.closeLine();
  }

  private static String counted(List<String> releases) {
    return releases.size() <= 6
        ? String.join(", ", releases)
        : releases.size() + ", " + releases.getFirst() + " to " + releases.getLast();
  }

  private String time(Instant instant) {
    ZonedDateTime local = instant.atZone(zone);
    return DAY_AND_TIME.format(local) + " " + ZONE.format(local);
  }

  private void fact(String name, String value) {
    page.open("div").element("dt", name).element("dd", value).close();
  }

  private void failures() {
    if (report.failures().isEmpty() && report.message() == null) {
      return;
    }
    section("failures", report.failures().isEmpty() ? "What it needs" : "What failed");
    if (report.message() != null) {
      page.element("p", report.message());
    }
    page.open("ul");
    for (Failure failure : report.failures()) {
      page.open("li").element("code", failure.step()).text(": ");
      page.text(failure.failure() == null ? "it gave no reason" : failure.failure()).closeLine();
    }
    page.close();
    page.closeLine();
  }

  private void sentences(String title, String id, List<String> sentences) {
    if (sentences.isEmpty()) {
      return;
    }
    section(id, title);
    page.open("ul");
    for (String sentence : sentences) {
      page.open("li");
      tables.label(sentence);
      page.closeLine();
    }
    page.close();
    page.closeLine();
  }

  private void scores(ScoreTable table, String id) {
    section(id, table.evaluation() + (table.scale().percent() ? ", percent" : ""));
    // A table of many releases is long: the picture comes first there.
    boolean pictureFirst = table.releases().size() > HtmlTables.PAPER_COLUMNS;
    Optional<Chart> chart = Charts.releases(table, id + "-chart");
    if (pictureFirst) {
      chart.ifPresent(it -> figure.write(it, "wide scores-chart"));
    }
    tables.scores(
        table,
        table.evaluation() + " by model and release, with standard errors and cumulative steps");
    Legend.of(table).ifPresent(legend -> page.element("p", legend, "class", "legend"));
    page.element(
        "p",
        "Small, below each score: all the fine-tuning steps that the model has been through.",
        "class",
        "legend");
    if (!pictureFirst) {
      chart.ifPresent(it -> figure.write(it, "wide scores-chart"));
    }
    page.closeLine();
  }

  private void transfers(TransferTable table, String id) {
    section(id, table.title());
    new HeatMaps(table, page, tables).write();
    page.closeLine();
  }

  private void convergence() {
    if (report.convergence().isEmpty()) {
      return;
    }
    section("convergence", "Convergence");
    page.element(
        "p",
        "Score against the steps of this fine-tuning alone; step 0 is the model it starts from.");
    page.open("div", "class", "figures");
    for (int i = 0; i < report.convergence().size(); i++) {
      figure.write(
          Charts.convergence(report.convergence().get(i), "convergence-" + (i + 1)),
          report.convergence().size() == 1 ? "wide" : null);
    }
    page.close();
    page.closeLine();
  }

  private void connectivity() {
    if (report.connectivity().isEmpty()) {
      return;
    }
    section("connectivity", "Along the lines between releases");
    new HtmlConnectivity(report, page, tables).write();
    page.closeLine();
  }

  private void models() {
    section("models", "Where everything lies");
    page.open("p").text("Store: ").element("code", report.store()).closeLine();
    Map<String, List<Source>> sources = Source.byModelFolder(report);
    for (String release : report.models().stream().map(Place::release).distinct().toList()) {
      page.open("details");
      page.element("summary", release);
      page.open("dl", "class", "places");
      for (Place place : report.models()) {
        if (place.release().equals(release)) {
          place(place, sources.getOrDefault(place.path(), List.of()));
        }
      }
      page.close();
      page.closeLine();
    }
    page.closeLine();
  }

  private void place(Place place, List<Source> scores) {
    page.open("dt");
    List<String> names = new ArrayList<>(List.of(place.label()));
    names.addAll(place.alsoKnownAs());
    tables.label(String.join(" = ", names));
    if (place.cumulativeSteps() != null && place.cumulativeSteps() > 0) {
      page.element("small", " " + Names.count(place.cumulativeSteps()) + " steps");
    }
    page.close();
    page.open("dd");
    if (place.path() == null) {
      page.text(place.state().name().toLowerCase(Locale.ROOT));
    } else {
      page.element("code", place.path());
      page.text(place.reused() ? " (was in the store)" : "");
    }
    page.close();
    for (Source score : scores) {
      page.open("dd").text(score.what() + " ").element("code", score.file()).close();
    }
  }

  private void recipe() {
    section("recipe", "The recipe");
    page.open("dl", "class", "facts");
    if (report.finetune() != null) {
      fact("Data", report.finetune().data());
    }
    fact("Merge scale", Double.toString(report.merge().scale()));
    fact("Inputs read as", report.merge().load());
    fact("Merged dtype", report.merge().dtype() == null ? "the target's" : report.merge().dtype());
    if (report.finetune() != null) {
      report.finetune().arguments().forEach(this::fact);
    }
    page.close();
    page.closeLine();
  }

  private void section(String id, String title) {
    page.open("section", "id", id, "aria-labelledby", id + "-heading");
    page.element("h2", title, "id", id + "-heading");
  }
}
