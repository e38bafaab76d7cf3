package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A whole series file, checked: every path absolute, every default filled in.
 *
 * @param series name of the series, unique on a Temporal namespace
 * @param store absolute path of the artifact store
 * @param releases {@code M_1 … M_n}, oldest first, at least one
 * @param models other models that transfers speak of, public instruct models for instance
 * @param strategies which recipes of the paper to run, in the order of the file; {@link
 *     Strategy#PLAIN} is among them where there is a matrix
 * @param transfers single transfers
 * @param matrix which transfers between all releases, or null for none
 * @param finetune the recipe {@code FT}, or null where nothing is trained
 * @param merge how diff vectors are added
 * @param choice how one λ of several is chosen for the strategies and the matrix, or null where
 *     {@code merge} has the one
 * @param evaluate the scores to take, possibly none
 * @param gates what scores decide, of merged models and of checkpoints
 * @param notifications where news of the series goes
 * @param watch which new revisions of a hub become releases by themselves, or null
 * @param connectivity which points of the lines between releases are scored, or null for none
 * @param keep how much of the series collecting leaves in the store, or null for all
 * @param publish where finished models go, or null
 */
public record SeriesSpec(
    String series,
    String store,
    List<Release> releases,
    List<Release> models,
    List<Strategy> strategies,
    List<TransferSpec> transfers,
    Matrix matrix,
    FinetuneSpec finetune,
    MergeSpec merge,
    ScaleChoice choice,
    List<EvaluationSpec> evaluate,
    List<GateSpec> gates,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NotifySpec> notifications,
    @JsonInclude(JsonInclude.Include.NON_NULL) WatchSpec watch,
    @JsonInclude(JsonInclude.Include.NON_NULL) ConnectivitySpec connectivity,
    @JsonInclude(JsonInclude.Include.NON_NULL) KeepSpec keep,
    @JsonInclude(JsonInclude.Include.NON_NULL) PublishSpec publish) {
  public SeriesSpec {
    Objects.requireNonNull(series, "series");
    Objects.requireNonNull(store, "store");
    releases = List.copyOf(releases);
    models = models == null ? List.of() : List.copyOf(models);
    strategies = List.copyOf(strategies);
    transfers = transfers == null ? List.of() : List.copyOf(transfers);
    Objects.requireNonNull(merge, "merge");
    evaluate = List.copyOf(evaluate);
    gates = gates == null ? List.of() : List.copyOf(gates);
    notifications = notifications == null ? List.of() : List.copyOf(notifications);
  }

  /** A series of strategies alone. */
  public SeriesSpec(
      String series,
      String store,
      List<Release> releases,
      List<Strategy> strategies,
      FinetuneSpec finetune,
      MergeSpec merge,
      List<EvaluationSpec> evaluate) {
    this(
        series,
        store,
        releases,
        List.of(),
        strategies,
        List.of(),
        null,
        finetune,
        merge,
        null,
        evaluate,
        List.of(),
        List.of(),
        null,
        null,
        null,
        null);
  }

  /** The same series with other releases. */
  public SeriesSpec withReleases(List<Release> others) {
    return changed(copy -> copy.releases = others);
  }

  /** The same series that watches for other releases, or, with null, for none. */
  public SeriesSpec watching(WatchSpec other) {
    return changed(copy -> copy.watch = other);
  }

  /** The same series in which these decisions are taken by scores. */
  public SeriesSpec deciding(ScaleChoice scale, List<GateSpec> between) {
    return changed(
        copy -> {
          copy.choice = scale;
          copy.gates = between;
        });
  }

  /** The same series whose news goes to these places. */
  public SeriesSpec notifying(NotifySpec... places) {
    return changed(copy -> copy.notifications = List.of(places));
  }

  /** The same series whose finished models go to this place. */
  public SeriesSpec publishing(PublishSpec place) {
    return changed(copy -> copy.publish = place);
  }

  /** The same series of which no more than this is kept. */
  public SeriesSpec keeping(KeepSpec policy) {
    return changed(copy -> copy.keep = policy);
  }

  /** The same series in which the lines between releases are scored. */
  public SeriesSpec connecting(ConnectivitySpec lines) {
    return changed(copy -> copy.connectivity = lines);
  }

  /** The same series with these transfers between its models as well. */
  public SeriesSpec with(List<Release> others, List<TransferSpec> asked, Matrix all) {
    return changed(
        copy -> {
          copy.models = others;
          copy.transfers = asked;
          copy.matrix = all;
        });
  }

  /** What is decided between a merged model's scores and its fine-tuning. */
  public List<GateSpec> gatesOfMerged() {
    return gates.stream().filter(gate -> !gate.ofCheckpoints()).toList();
  }

  /** What ends a training at a checkpoint. */
  public List<GateSpec> gatesOfCheckpoints() {
    return gates.stream().filter(GateSpec::ofCheckpoints).toList();
  }

  /** The evaluation of a name. */
  public EvaluationSpec evaluation(String name) {
    return evaluate.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  private SeriesSpec changed(Consumer<SpecCopy> change) {
    SpecCopy copy = new SpecCopy(this);
    change.accept(copy);
    return copy.spec();
  }
}
