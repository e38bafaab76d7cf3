package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;

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
 * @param gates what is decided between a merged model's scores and its fine-tuning
 * @param notifications where news of the series goes
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
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NotifySpec> notifications) {
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
        List.of());
  }

  /** The same series with other releases. */
  public SeriesSpec withReleases(List<Release> others) {
    return new SeriesSpec(
        series,
        store,
        others,
        models,
        strategies,
        transfers,
        matrix,
        finetune,
        merge,
        choice,
        evaluate,
        gates,
        notifications);
  }

  /** The same series in which these decisions are taken by scores. */
  public SeriesSpec deciding(ScaleChoice scale, List<GateSpec> between) {
    return new SeriesSpec(
        series,
        store,
        releases,
        models,
        strategies,
        transfers,
        matrix,
        finetune,
        merge,
        scale,
        evaluate,
        between,
        notifications);
  }

  /** The same series whose news goes to these places. */
  public SeriesSpec notifying(NotifySpec... places) {
    return new SeriesSpec(
        series,
        store,
        releases,
        models,
        strategies,
        transfers,
        matrix,
        finetune,
        merge,
        choice,
        evaluate,
        gates,
        List.of(places));
  }

  /** The evaluation of a name. */
  public EvaluationSpec evaluation(String name) {
    return evaluate.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** The same series with these transfers between its models as well. */
  public SeriesSpec with(List<Release> others, List<TransferSpec> asked, Matrix all) {
    return new SeriesSpec(
        series,
        store,
        releases,
        others,
        strategies,
        asked,
        all,
        finetune,
        merge,
        choice,
        evaluate,
        gates,
        notifications);
  }
}
