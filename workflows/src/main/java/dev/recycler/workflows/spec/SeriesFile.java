package dev.recycler.workflows.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A series file that has been read: the series it asks for, or everything that is wrong with it.
 *
 * <p>The file is YAML 1.2. Relative paths start from the file's folder, {@code ~/} from the user's
 * home; <code>${NAME}</code> in any value stands for an environment variable, and <code>$${</code>
 * for a plain <code>${</code>.
 */
public final class SeriesFile {
  /** Bytes of the largest text that is read as a series file. */
  public static final int LARGEST = 1 << 20;

  private final SeriesSpec spec;
  private final List<Problem> problems;

  private SeriesFile(SeriesSpec spec, List<Problem> problems) {
    this.spec = spec;
    this.problems = problems;
  }

  /**
   * Reads the text of a series file.
   *
   * @param fileName name of the file for messages
   */
  public static SeriesFile parse(String text, String fileName, Surroundings surroundings) {
    Problems problems = new Problems(fileName);
    Optional<Node> root = YamlText.compose(text, problems);
    SeriesSpec spec =
        root.map(
                node ->
                    new SeriesReader(surroundings)
                        .read(new Value(node, "", problems, surroundings)))
            .orElse(null);
    return new SeriesFile(problems.none() ? spec : null, problems.inOrder());
  }

  /** Why a folder can't be a release's model, as a series file would be told, or nothing. */
  public static Optional<String> modelProblem(Path folder, Surroundings surroundings) {
    return new Places(surroundings).modelProblem(folder);
  }

  /** Everything that is wrong, in the order of the file; empty where the series can be run. */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * The series.
   *
   * @throws IllegalStateException where there are problems
   */
  public SeriesSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("the series file has problems: " + problems);
    }
    return spec;
  }
}
