package dev.recycler.activities.step;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where this worker's tools are.
 *
 * @param python Python executable of the locked environment
 * @param scripts folder with the starters of {@code deploy/python}
 */
public record ToolHome(Path python, Path scripts) {
  public ToolHome {
    Objects.requireNonNull(python, "python");
    Objects.requireNonNull(scripts, "scripts");
  }
}
