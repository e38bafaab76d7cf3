package dev.recycler.cli.status;

import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Steps.Score;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Releases × strategies: how far each model is and, once scored, its score. */
final class Grid {
  /** How far a model is; in the order in which the worst or busiest of its steps decides. */
  enum Mark {
    FAILED("✗", "x", Ink.BAD),
    RUNNING("▶", ">", Ink.ACTIVE),
    CANCELLED("⊘", "-", Ink.FAINT),
    WAITING("·", ".", Ink.FAINT),
    DONE("✓", "*", Ink.GOOD);

    private final String unicode;
    private final String ascii;
    private final Ink ink;

    Mark(String unicode, String ascii, Ink ink) {
      this.unicode = unicode;
      this.ascii = ascii;
      this.ink = ink;
    }

    String sign(Terminal terminal) {
      return terminal.either(unicode, ascii);
    }

    Ink ink() {
      return ink;
    }
  }

  /**
   * One model.
   *
   * @param text its score, or what is done to it now
   * @param shared whether a strategy further left ends with the same model
   */
  record Cell(Mark mark, String text, boolean shared) {}

  /** One release: its base, then a model for each strategy. */
  record Row(String release, List<Cell> cells) {
    boolean all(Mark mark) {
      return cells.stream().allMatch(cell -> cell.mark() == mark);
    }
  }

  private final SeriesProgress progress;
  private final StepIndex index;
  private final Map<String, Heartbeat> heartbeats;
  private final Terminal terminal;
  private final List<Strategy> strategies;
  private final String evaluation;
  private final Scale scale;

  Grid(
      SeriesProgress progress,
      StepIndex index,
      Map<String, Heartbeat> heartbeats,
      Terminal terminal) {
    this.progress = progress;
    this.index = index;
    this.heartbeats = heartbeats;
    this.terminal = terminal;
    this.strategies =
        Stream.of(Strategy.values()).filter(progress.spec().strategies()::contains).toList();
    this.evaluation =
        progress.spec().evaluate().isEmpty() ? null : progress.spec().evaluate().getFirst().name();
    List<Score> scores =
        progress.steps().stream()
            .map(StepProgress::score)
            .filter(Objects::nonNull)
            .filter(score -> score.evaluation().equals(evaluation))
            .toList();
    this.scale =
        Scale.of(
            scores.isEmpty() ? null : scores.getFirst().metric(),
            scores.stream().map(score -> score.value()).toList());
  }

  /** Which evaluation's scores are shown: the first of the series file, or null. */
  String evaluation() {
    return evaluation;
  }

  boolean percent() {
    return scale.percent();
  }

  List<String> columns() {
    return Stream.concat(Stream.of("base"), strategies.stream().map(Strategy::key)).toList();
  }

  List<Row> rows() {
    Map<String, Map<Strategy, ModelRow>> models = new HashMap<>();
    for (ModelRow row : progress.models()) {
      if (row.transfer() == null) {
        models.computeIfAbsent(row.release(), release -> new HashMap<>()).put(row.strategy(), row);
      }
    }
    List<Row> rows = new ArrayList<>();
    progress
        .spec()
        .releases()
        .forEach(
            release ->
                rows.add(row(release.name(), models.getOrDefault(release.name(), Map.of()))));
    return rows;
  }

  private Row row(String release, Map<Strategy, ModelRow> models) {
    List<Cell> cells = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    cells.add(cell(models.get(null), false));
    for (Strategy strategy : strategies) {
      ModelRow model = models.get(strategy);
      cells.add(cell(model, model != null && seen.contains(model.finetuneStep())));
      if (model != null) {
        seen.add(model.finetuneStep());
      }
    }
    return new Row(release, cells);
  }

  private Cell cell(ModelRow model, boolean shared) {
    if (model == null) {
      return new Cell(Mark.WAITING, "", shared);
    }
    List<StepProgress> steps =
        Stream.concat(
                Stream.of(model.fetchStep(), model.mergeStep(), model.finetuneStep()),
                model.scores().stream().map(ModelRow.ScoreStep::step))
            .map(index::find)
            .flatMap(Optional::stream)
            .toList();
    for (Mark mark : List.of(Mark.FAILED, Mark.RUNNING, Mark.CANCELLED)) {
      Optional<StepProgress> step =
          steps.stream().filter(s -> s.state().name().equals(mark.name())).findFirst();
      if (step.isPresent()) {
        // A model that is there is worth its score, though another score of it was given up.
        String value = mark == Mark.CANCELLED ? score(model) : "";
        return new Cell(mark, value.isEmpty() ? doing(step.get()) : value, shared);
      }
    }
    boolean done =
        !steps.isEmpty() && steps.stream().allMatch(step -> step.state() == StepState.DONE);
    boolean blocked = steps.stream().anyMatch(index::blocked);
    return new Cell(done ? Mark.DONE : Mark.WAITING, blocked ? "blocked" : score(model), shared);
  }

  private String doing(StepProgress step) {
    if (step.state() == StepState.FAILED) {
      return Status.word(step.kind());
    }
    if (step.state() == StepState.CANCELLED) {
      return Status.givenUp(progress);
    }
    Heartbeat beat = heartbeats.get(step.id());
    String share =
        beat != null && beat.total() > 0 ? " " + 100 * beat.done() / beat.total() + "%" : "";
    return (step.kind() == StepKind.EVALUATE ? "score" : Status.word(step.kind())) + share;
  }

  private String score(ModelRow model) {
    String subject = model.strategy() == null ? "base" : "finetuned";
    return model.scores().stream()
        .filter(score -> score.evaluation().equals(evaluation) && score.subject().equals(subject))
        .map(score -> index.find(score.step()).map(StepProgress::score))
        .flatMap(Optional::stream)
        .map(score -> scale.text(score.value(), score.standardError(), terminal))
        .findFirst()
        .orElse("");
  }
}
