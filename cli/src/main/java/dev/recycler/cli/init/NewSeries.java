package dev.recycler.cli.init;

import java.util.List;

/**
 * What a new series file is made of.
 *
 * @param name the series' name
 * @param store where its models and scores are kept
 * @param releases the base models, oldest first
 * @param trainer {@code trl} or {@code open-instruct}
 * @param checkout the trainer's checkout, or null where it has none
 * @param data what is trained on: a file, a folder, or a data set's name
 * @param tasks tasks of lm-evaluation-harness
 * @param onCpu whether the recipe is for a machine without a GPU
 */
record NewSeries(
    String name,
    String store,
    List<Release> releases,
    String trainer,
    String checkout,
    String data,
    List<String> tasks,
    boolean onCpu) {
  NewSeries {
    releases = List.copyOf(releases);
    tasks = List.copyOf(tasks);
  }

  /**
   * A base model.
   *
   * @param model its folder, or {@code hf://organisation/name@revision}
   */
  record Release(String name, String model) {}
}
