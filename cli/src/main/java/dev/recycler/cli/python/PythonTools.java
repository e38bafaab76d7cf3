package dev.recycler.cli.python;

import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.console.Places;
import java.nio.file.Path;

/**
 * A Python environment that can be used.
 *
 * @param python its interpreter
 * @param temporal the {@code temporal} program
 */
public record PythonTools(Path python, Path temporal) {
  /** As the steps want it. */
  public ToolHome toolHome(Places places) {
    return new ToolHome(python, places.scripts());
  }
}
