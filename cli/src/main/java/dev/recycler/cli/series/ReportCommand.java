package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.report.Ledger;
import dev.recycler.cli.report.Report;
import dev.recycler.cli.report.ReportFormat;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.progress.SeriesProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler report}. */
@Command(
    name = "report",
    description = "Show a series' scores, convergence, models and cost.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler report olmo2-math",
      "  recycler report olmo2-math --format json",
      "  recycler report olmo2-math --out report.html    the format follows the name"
    })
public final class ReportCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(
      paramLabel = "SERIES",
      arity = "0..1",
      description = "Name of the series; may be left out where there is only one.")
  private String series;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      description = "terminal, markdown, csv, latex, json or html.")
  private String format;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Write to a file.")
  private Path out;

  ReportCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ReportFormat chosen = format();
    SeriesProgress progress = progress();
    Report report =
        Report.of(progress, Ledger.of(Path.of(progress.spec().store()), progress.spec().series()));
    String text = chosen.render(report, session.data());
    if (out == null) {
      session.console().out().print(text);
      session.console().out().flush();
    } else {
      write(text);
    }
    return ExitCode.OK.code();
  }

  private SeriesProgress progress() {
    try (TemporalConnection connection = server.connect(session.places())) {
      String name =
          series != null ? series : StatusCommand.only(new SeriesList(connection).names());
      return new SeriesClient(connection).look(name).progress();
    } catch (CommandFailed e) {
      if (e.exitCode() != ExitCode.UNREACHABLE) {
        throw e;
      }
      // A quickstart's server ends with it, but what it found out is kept.
      return server
          .keepingHome(session.places())
          .flatMap(KeptSeries::read)
          .filter(kept -> series == null || series.equals(kept.spec().series()))
          .orElseThrow(() -> e);
    }
  }

  private ReportFormat format() {
    if (format == null) {
      return out == null ? ReportFormat.TERMINAL : ofFile();
    }
    return ReportFormat.named(format)
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitCode.USAGE,
                    "--format is '" + format + "': it must be one of " + formats() + "."));
  }

  private ReportFormat ofFile() {
    String name = out.getFileName().toString();
    return Optional.of(name.substring(name.lastIndexOf('.') + 1))
        .flatMap(ReportFormat::named)
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitCode.USAGE,
                    "which format shall " + out + " have? Say --format " + formats() + "."));
  }

  private static String formats() {
    return Stream.of(ReportFormat.values())
        .map(ReportFormat::key)
        .collect(Collectors.joining(", "));
  }

  private void write(String text) {
    Path file = session.places().resolve(out);
    try {
      Files.writeString(file, text);
      session.console().say("Written to " + session.places().show(file));
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.USAGE, out + " can't be written: " + e.getMessage() + ".", e);
    }
  }
}
