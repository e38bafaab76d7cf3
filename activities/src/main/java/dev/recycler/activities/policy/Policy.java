package dev.recycler.activities.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the owner of a worker lets series have it do. A series file runs commands on workers and
 * names their files, so whoever may write one has the rights of the worker's user, less what is
 * refused here.
 *
 * @param folders where every path of a series must lie, links resolved; nothing for anywhere
 * @param programs what may be started: paths of programs, folders of them (with a {@code /} at the
 *     end) and bare names; nothing for any
 * @param launch words that a launch must begin with, one entry each; nothing for those that begin
 *     with an allowed program
 * @param variables names of variables that a series may set or have handed on, {@code *} at the end
 *     of a name for any rest; nothing for all but those that choose what code is run
 * @param customCode whether models may bring Python code of their own
 */
public record Policy(
    Optional<List<Path>> folders,
    Optional<List<String>> programs,
    Optional<List<List<String>>> launch,
    Optional<List<String>> variables,
    boolean customCode) {
  public Policy {
    folders = folders.map(List::copyOf);
    programs = programs.map(List::copyOf);
    launch = launch.map(prefixes -> prefixes.stream().map(List::copyOf).toList());
    variables = variables.map(List::copyOf);
  }

  /** Of a worker whose owner writes the series files: only models with code are refused. */
  public static Policy ofOwner() {
    return new Policy(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }

  /** The same, with models that bring code. */
  public Policy withCustomCode() {
    return new Policy(folders, programs, launch, variables, true);
  }

  /** The same, with a folder that paths may lie in where they are confined at all. */
  public Policy withFolder(Path folder) {
    return new Policy(
        folders.map(
            known -> {
              List<Path> more = new ArrayList<>(known);
              more.add(folder);
              return more;
            }),
        programs,
        launch,
        variables,
        customCode);
  }
}
