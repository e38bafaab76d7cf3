package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The one fixed recipe {@code FT} of a series.
 *
 * @param trainer which adapter runs it: {@code trl}, {@code trl-dpo}, {@code open-instruct}, {@code
 *     open-instruct-dpo}, {@code open-instruct-olmo-core} or {@code command}
 * @param python the Python executable of the trainer's environment, or null for the locked one
 * @param data absolute path of the training data, whose content is part of every fingerprint
 * @param arguments the trainer's own flags without dashes, in order; a value is the flag's text, or
 *     {@code "true"} / {@code "false"} passed as such
 * @param environment variables added to the trainer's environment
 * @param home absolute path of the trainer's checkout, or null where it has none
 * @param launch program and arguments that start the trainer's script, e.g. {@code accelerate
 *     launch --num_processes 4}; empty for Python alone
 * @param gpus how many devices it needs at once, at least 1
 * @param custom the program of the trainer {@code command}, or null
 * @param limits when it is ended though nobody asked
 * @param label which workers it is given to, or null for any that train
 */
public record FinetuneSpec(
    String trainer,
    String python,
    String data,
    Map<String, String> arguments,
    Map<String, String> environment,
    String home,
    List<String> launch,
    int gpus,
    CustomTrainer custom,
    TimeLimits limits,
    @JsonInclude(JsonInclude.Include.NON_NULL) String label) {
  public FinetuneSpec {
    Objects.requireNonNull(trainer, "trainer");
    Objects.requireNonNull(data, "data");
    arguments = Ordered.copy(arguments);
    environment = Ordered.copy(environment);
    launch = launch == null ? List.of() : List.copyOf(launch);
    gpus = Math.max(1, gpus);
    limits = limits == null ? TimeLimits.NONE : limits;
  }

  /** A recipe for any worker that trains. */
  public FinetuneSpec(
      String trainer,
      String python,
      String data,
      Map<String, String> arguments,
      Map<String, String> environment,
      String home,
      List<String> launch,
      int gpus,
      CustomTrainer custom,
      TimeLimits limits) {
    this(trainer, python, data, arguments, environment, home, launch, gpus, custom, limits, null);
  }

  /** A recipe without time limits. */
  public FinetuneSpec(
      String trainer,
      String python,
      String data,
      Map<String, String> arguments,
      Map<String, String> environment,
      String home,
      List<String> launch,
      int gpus,
      CustomTrainer custom) {
    this(
        trainer, python, data, arguments, environment, home, launch, gpus, custom, TimeLimits.NONE);
  }

  /** Flags of trainers that say how many checkpoints are left in place, with {@code _}. */
  private static final Set<String> LIMITS_OF_CHECKPOINTS =
      Set.of("save_total_limit", "keep_last_n_checkpoints");

  /** Flags of trainers that say how long a training is, with {@code _} for {@code -}. */
  private static final List<String> LENGTHS =
      List.of("max_steps", "max_train_steps", "num_train_epochs", "num_epochs");

  /** Whether the recipe says how long a training is, in a way that can be multiplied. */
  public boolean saysLength() {
    return arguments.entrySet().stream()
        .anyMatch(flag -> isLength(flag.getKey()) && isPositive(flag.getValue()));
  }

  /** The same recipe, trained so many times as long. */
  public FinetuneSpec times(int times) {
    if (times == 1) {
      return this;
    }
    Map<String, String> longer = new LinkedHashMap<>();
    arguments.forEach(
        (flag, value) -> longer.put(flag, isLength(flag) ? multiplied(value, times) : value));
    return new FinetuneSpec(
        trainer, python, data, longer, environment, home, launch, gpus, custom, limits, label);
  }

  private static boolean isLength(String flag) {
    return LENGTHS.contains(flag.replace('-', '_'));
  }

  /** Trainers take -1 for "not set". */
  private static boolean isPositive(String value) {
    return value.matches("[0-9]+(\\.[0-9]+)?(e[0-9]{1,2})?");
  }

  private static String multiplied(String value, int times) {
    return isPositive(value)
        ? new BigDecimal(value)
            .multiply(BigDecimal.valueOf(times))
            .stripTrailingZeros()
            .toPlainString()
        : value;
  }

  /** A recipe for one device and a trainer that needs no checkout. */
  public FinetuneSpec(
      String trainer,
      String python,
      String data,
      Map<String, String> arguments,
      Map<String, String> environment) {
    this(trainer, python, data, arguments, environment, null, List.of(), 1, null);
  }

  /** The flag by which the trainer deletes checkpoints that it has saved, if there is one. */
  Optional<String> flagThatDropsCheckpoints() {
    return arguments.entrySet().stream()
        .filter(argument -> LIMITS_OF_CHECKPOINTS.contains(argument.getKey().replace('-', '_')))
        .filter(argument -> isPositive(argument.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
