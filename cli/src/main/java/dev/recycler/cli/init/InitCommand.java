package dev.recycler.cli.init;

import dev.recycler.activities.process.Gpus;
import dev.recycler.cli.console.Answers;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.init.NewSeries.Release;
import dev.recycler.cli.series.SeriesFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler init}. */
@Command(
    name = "init",
    description = "Write a commented series file, from flags or questions.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler init",
      "  recycler init --release M1=/m1 --release M2=hf://org/m2 --data math.jsonl",
      "  recycler init math.yaml --release M1=/m1 --release M2=/m2 \\",
      "    --data math.jsonl --task gsm8k,minerva_math"
    })
public final class InitCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "series.yaml",
      description = "The file to write. Default: series.yaml.")
  private Path file;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the series. Default: the file's.")
  private String name;

  @Option(
      names = "--release",
      paramLabel = "NAME=MODEL",
      converter = ReleaseConverter.class,
      description = "A base model, oldest first: its folder, or%nhf://organisation/name@revision.")
  private List<Release> releases = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description = "What is trained on: a file, a folder or a data set's name.")
  private String data;

  @Option(
      names = "--trainer",
      paramLabel = "trl|open-instruct",
      description = "What trains. Default: trl, or open-instruct where a checkout is given.")
  private String trainer;

  @Option(names = "--checkout", paramLabel = "DIR", description = "The checkout of open-instruct.")
  private String checkout;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "Where models and scores are kept. Default: store, beside the file.")
  private String store;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      split = ",",
      description = "Tasks of lm-evaluation-harness that every model is scored by.")
  private List<String> tasks = new ArrayList<>();

  InitCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path path = session.places().resolve(file);
    if (Files.exists(path)) {
      throw exists();
    }
    if (releases.isEmpty() || data == null) {
      ask(new Objections(path, session.places()));
    }
    write(path, SeriesTemplate.text(series()));
    session.console().say("Written to " + session.places().show(path));
    String shown = session.places().quote(file);
    try {
      SeriesFiles.read(file, session.places());
      session.console().say("'recycler plan " + shown + "' shows what it would do.");
    } catch (CommandFailed e) {
      session.console().say("Before it can be started, " + e.getMessage());
      session.console().say("'recycler plan " + shown + "' checks it again.");
    }
    return ExitCode.OK.code();
  }

  private NewSeries series() throws InterruptedException {
    String training = usualTrainer();
    if (!Stream.of("trl", "open-instruct").anyMatch(training::equals)) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--trainer is "
              + training
              + "; init knows trl and open-instruct, and the file takes more.");
    }
    if (training.equals("open-instruct") && checkout == null) {
      throw new CommandFailed(
          ExitCode.USAGE, "open-instruct needs --checkout, the folder it was cloned into.");
    }
    return new NewSeries(
        name != null ? name : usualName(),
        store != null ? store : "store",
        releases,
        training,
        checkout,
        data,
        tasks,
        hasNoGpu());
  }

  private boolean hasNoGpu() throws InterruptedException {
    try {
      return Gpus.visible(session.places().variables()).isEmpty();
    } catch (IOException e) {
      // There is a driver, which does not answer: 'recycler doctor' tells of it.
      return false;
    }
  }

  private void ask(Objections objections) throws IOException, InterruptedException {
    Answers person =
        session
            .console()
            .person()
            .orElseThrow(
                () ->
                    new CommandFailed(
                        ExitCode.USAGE,
                        "without a terminal, give --release NAME=MODEL for each base model, and"
                            + " --data."));
    var questions = new Questions(person, session.console().err());
    try {
      if (name == null) {
        name = questions.ask("Name of the series?", usualName(), objections::toName);
      }
      while (releases.size() < 100) {
        String number = "M" + (releases.size() + 1);
        boolean enough = releases.size() >= 2;
        String model =
            questions.ask(
                "Model of %s, a folder or hf://organisation/name%s?"
                    .formatted(number, enough ? " (empty: no more)" : ""),
                enough ? "" : null,
                answer -> answer.isEmpty() ? Optional.empty() : objections.toModel(answer));
        if (model.isEmpty()) {
          break;
        }
        releases.add(new Release(number, model));
      }
      if (data == null) {
        data =
            questions.ask(
                "Data to train on, a file, a folder or a data set's name?",
                null,
                answer -> objections.toData(usualTrainer(), answer));
      }
      if (tasks.isEmpty()) {
        String answer =
            questions.ask("Tasks of lm-eval to score with, such as gsm8k (or none)?", "");
        Stream.of(answer.split("[,\\s]+")).filter(task -> !task.isEmpty()).forEach(tasks::add);
      }
    } catch (EOFException e) {
      throw new CommandFailed(ExitCode.USAGE, "no more answers; nothing was written.", e);
    }
  }

  private String usualTrainer() {
    return trainer != null ? trainer : checkout != null ? "open-instruct" : "trl";
  }

  private String usualName() {
    String usual =
        file.getFileName().toString().replaceFirst("\\.ya?ml$", "").replaceAll("[^\\w.-]", "-");
    return usual.isEmpty() ? "series" : usual;
  }

  private void write(Path path, String text) throws IOException {
    Path folder = path.getParent();
    if (!Files.isDirectory(folder)) {
      throw new CommandFailed(ExitCode.USAGE, "there is no folder " + folder + ".");
    }
    try {
      Files.writeString(path, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw exists();
    }
  }

  private CommandFailed exists() {
    return new CommandFailed(
        ExitCode.USAGE, file + " exists already and is not overwritten; name another file.");
  }
}
