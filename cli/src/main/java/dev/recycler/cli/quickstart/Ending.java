package dev.recycler.cli.quickstart;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.report.Ledger;
import dev.recycler.cli.report.Report;
import dev.recycler.cli.report.ReportFormat;
import dev.recycler.workflows.progress.SeriesProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a quickstart leaves and says at its end. */
final class Ending {
  private static final String HONEST =
      "A series of 275 thousand parameters is a demonstration: it shows that every part works, not"
          + " what recycling gains on real models.";

  private static final List<ReportFormat> KEPT =
      List.of(ReportFormat.HTML, ReportFormat.JSON, ReportFormat.MARKDOWN);

  private final Session session;
  private final QuickstartHome home;
  private final String again;

  Ending(Session session, QuickstartHome home, String again) {
    this.session = session;
    this.home = home;
    this.again = again;
  }

  ExitCode show(SeriesProgress progress) throws IOException {
    return switch (progress.state()) {
      case FINISHED, WATCHING -> finished(progress);
      case FAILED ->
          throw new CommandFailed(
              ExitCode.FAILED,
              progress.message()
                  + " ('"
                  + again
                  + "' does so). Logs are in "
                  + session.places().show(home.logs()));
      case RUNNING, CANCELLED ->
          throw new CommandFailed(
              ExitCode.FAILED, "the series was cancelled. '" + again + "' takes it up again.");
    };
  }

  private ExitCode finished(SeriesProgress progress) throws IOException {
    Ledger ledger = Ledger.of(Path.of(progress.spec().store()), progress.spec().series());
    Report report = Report.of(progress, ledger).withNote(HONEST);
    for (ReportFormat format : KEPT) {
      Path file = home.report(format.extension());
      Files.writeString(file, format.render(report, session.data()));
    }
    Console console = session.console();
    console.out().print(ReportFormat.TERMINAL.render(report, session.data()));
    console.out().flush();
    console.say("");
    console.say("Report       " + home.report("html"));
    console.say("Series file  " + home.seriesFile());
    console.say("Models       " + progress.spec().store());
    console.say("");
    console.say("Its server has ended with it. These show it again, whatever else runs:");
    for (String command : List.of("status", "report")) {
      console.say(
          "  recycler %s %s --home %s"
              .formatted(command, progress.spec().series(), session.places().quote(home.folder())));
    }
    return ExitCode.OK;
  }
}
