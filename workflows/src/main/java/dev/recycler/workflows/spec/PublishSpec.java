package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;

/**
 * Where the fine-tuned models of a series go when they are finished and scored.
 *
 * @param to an absolute path of a folder or a {@link HubModel}; {@code {release}} and {@code
 *     {strategy}} in it stand for each model's own
 * @param strategies the models of which strategies
 * @param dtype the float type that weights are cast to, or null for the trainer's own
 * @param license the hub's short name of the licence, or null
 * @param datasets the hub's names of the data sets that were fine-tuned on
 * @param hidden whether a repository that is made for it is private
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PublishSpec(
    String to,
    List<Strategy> strategies,
    String dtype,
    String license,
    List<String> datasets,
    boolean hidden) {
  /** Stands for the release's name. */
  public static final String RELEASE = "{release}";

  /** Stands for the strategy's name. */
  public static final String STRATEGY = "{strategy}";

  public PublishSpec {
    Objects.requireNonNull(to, "to");
    strategies = List.copyOf(strategies);
    datasets = datasets == null ? List.of() : List.copyOf(datasets);
  }

  /** The place of one model. */
  public String place(String release, Strategy strategy) {
    return to.replace(RELEASE, release).replace(STRATEGY, strategy.key());
  }
}
