package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.OutputFile;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.report.ReportFormat;
import dev.recycler.cli.serve.Browser;
import dev.recycler.cli.serve.PageServer;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.progress.SeriesProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
      "  recycler report olmo2-math --out report.html   the format follows the name",
      "  recycler report olmo2-math --open              as a page in the browser",
      "  recycler report olmo2-math --serve             a page that follows the series"
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

  @Option(names = "--open", description = "Show it as a page in the browser.")
  private boolean open;

  @Option(
      names = "--serve",
      description = "Serve the page to this machine, renewed while the series runs, until Ctrl-C.")
  private boolean serve;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where --serve listens (default: a free port).")
  private int port;

  ReportCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException {
    ReportFormat chosen = format();
    if (serve) {
      return serve().code();
    }
    SeriesProgress progress = progress();
    String text = chosen.render(LiveReport.of(progress), session.data());
    if (open) {
      Path file = out == null ? kept(progress.spec().series()) : session.places().resolve(out);
      write(file, text);
      return open(file.toUri().toString()).code();
    } else if (out != null) {
      write(session.places().resolve(out), text);
    } else {
      session.console().out().print(text);
      session.console().out().flush();
    }
    return ExitCode.OK.code();
  }

  private ExitCode serve() {
    LiveReport report = new LiveReport(this::progress, session.data());
    try (PageServer pages = PageServer.start(port, report::page)) {
      session.console().say("The report of " + report.series() + " is at " + pages.address());
      session
          .console()
          .say(
              report.over()
                  ? "Ctrl-C ends the page."
                  : "It follows the series. Ctrl-C ends the page, not the series.");
      if (open) {
        open(pages.address());
      }
      new CountDownLatch(1).await();
      return ExitCode.OK;
    } catch (InterruptedException e) {
      throw new CommandFailed(
          ExitCode.INTERRUPTED,
          "the page is served no more%s. 'recycler report %s --serve%s' serves it again."
              .formatted(
                  report.over() ? "" : "; the series goes on",
                  report.series(),
                  server.typed(session.places())),
          e);
    }
  }

  private ExitCode open(String address) throws InterruptedException {
    Optional<String> trouble = new Browser(session.places()).open(address);
    trouble.ifPresent(
        why -> session.console().say("It could not be opened: " + why + ". It is " + address));
    return trouble.isPresent() ? ExitCode.ENVIRONMENT : ExitCode.OK;
  }

  private SeriesProgress progress() {
    try (TemporalConnection connection = server.connect(session.places())) {
      // The only one there is stays the one that is meant.
      series = series != null ? series : StatusCommand.only(new SeriesList(connection).names());
      return new SeriesClient(connection, server.typed(session.places())).look(series).progress();
    } catch (CommandFailed e) {
      if (e.exitCode() != ExitCode.UNREACHABLE) {
        throw e;
      }
      // A quickstart's server ends with it, but what it found out is kept.
      return KeptSeries.of(server, session.places(), series).orElseThrow(() -> e);
    }
  }

  private ReportFormat format() {
    if (serve && out != null) {
      throw new CommandFailed(
          ExitCode.USAGE, "give either --serve or --out, not both: what is served is no file.");
    }
    if (!serve && port != 0) {
      throw new CommandFailed(ExitCode.USAGE, "--port is where --serve listens; add --serve.");
    }
    ReportFormat chosen =
        format != null
            ? named()
            : open || serve ? ReportFormat.HTML : out == null ? ReportFormat.TERMINAL : ofFile();
    if ((open || serve) && chosen != ReportFormat.HTML) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "a browser shows a page: leave --format out with " + (serve ? "--serve." : "--open."));
    }
    return chosen;
  }

  private ReportFormat named() {
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

  /** Where a page lies that nobody has named a file for. */
  private Path kept(String name) {
    return session.places().cache().resolve("reports").resolve(name + ".html");
  }

  private void write(Path file, String text) {
    if (out == null) {
      try {
        Files.createDirectories(file.getParent());
      } catch (IOException e) {
        throw new CommandFailed(
            ExitCode.USAGE, "the folder " + file.getParent() + " can't be made: " + e + ".", e);
      }
    }
    OutputFile.write(file, text);
    session.console().say("Written to " + session.places().show(file));
  }
}
