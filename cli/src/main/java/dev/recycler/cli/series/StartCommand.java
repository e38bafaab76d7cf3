package dev.recycler.cli.series;

import dev.recycler.activities.preview.Finding;
import dev.recycler.activities.preview.SeriesPreview;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler start}. */
@Command(
    name = "start",
    description = "Start the series that a series file describes.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler start series.yaml",
      "  recycler start series.yaml --watch      follow it until it ends",
      "",
      "The same file again finds the series running and does nothing else."
    })
public final class StartCommand implements Callable<Integer> {
  private static final Duration CANCELLATION = Duration.ofMinutes(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(paramLabel = "FILE", description = "The series file.")
  private Path file;

  @Option(
      names = {"-w", "--watch", "--wait"},
      description = "Follow the series until it ends.")
  private boolean watch;

  StartCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    SeriesSpec spec = SeriesFiles.read(file, session.places());
    refuseWhatPlanRefuses(spec);
    try (TemporalConnection connection = server.connect(session.places())) {
      SeriesClient client = new SeriesClient(connection, server.typed(session.places()));
      awaitCancellation(client, spec.series());
      List<Release> left = client.releasesLeftOut(spec);
      boolean started = client.start(spec);
      session
          .console()
          .say(
              started
                  ? "Series " + spec.series() + " started."
                  : "Series " + spec.series() + " is already running.");
      if (started) {
        left.forEach(release -> tellLeftOut(release, spec.series(), client.typed()));
      }
      Unserved.of(spec, connection).ifPresent(session.console()::say);
      if (watch) {
        return new Watch(session.console().out(), session.data(), client)
            .follow(spec.series())
            .code();
      }
      session
          .console()
          .say(
              "Follow it with 'recycler status %s --watch%s'."
                  .formatted(spec.series(), client.typed()));
      return ExitCode.OK.code();
    }
  }

  private void tellLeftOut(Release release, String series, String typed) {
    session
        .console()
        .say(
            "Release %s, which it had before, is not in the file: 'recycler add-release %s %s %s%s' adds it."
                .formatted(release.name(), series, release.name(), release.model(), typed));
  }

  /** Cancel and start again are typed in one line: the first takes until its last process ends. */
  private void awaitCancellation(SeriesClient client, String series) throws InterruptedException {
    long patience = System.nanoTime() + CANCELLATION.toNanos();
    boolean told = false;
    while (client.isBeingCancelled(series) && System.nanoTime() < patience) {
      if (!told) {
        session
            .console()
            .say("Series " + series + " is being cancelled; it starts when what runs has ended.");
        told = true;
      }
      Thread.sleep(LOOK_AGAIN);
    }
  }

  private static void refuseWhatPlanRefuses(SeriesSpec spec) throws IOException {
    List<Finding> errors = SeriesPreview.errors(spec);
    if (!errors.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          errors.stream()
              .map(error -> error.step() + ": " + error.sentence())
              .collect(Collectors.joining("\n", "the series can't end well as it stands:\n", "")));
    }
  }
}
