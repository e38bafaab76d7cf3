package dev.recycler.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.spec.Problem;
import dev.recycler.workflows.spec.SeriesFile;
import dev.recycler.workflows.spec.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The series files in the documents, and parts of them, are what a series file may be; on a machine
 * that has whatever they name.
 */
class SeriesFilesInDocumentsTest {
  private static final Map<String, String> REST = new LinkedHashMap<>();

  static {
    REST.put("series", "series: documented");
    REST.put("store", "store: /store");
    REST.put(
        "releases",
        """
        releases:
          - {name: M1, model: /models/m1}
          - {name: M2, model: /models/m2}
          - {name: L30, model: /models/l30}
          - {name: L31, model: /models/l31}
        """);
    REST.put(
        "finetune", "finetune: {trainer: trl, data: /data/train, arguments: {max_steps: 100}}");
    REST.put(
        "evaluate",
        "evaluate: [{name: gsm8k, harness: lm-eval, task: gsm8k, of: [merged, finetuned]}]");
  }

  @Test
  void whatTheDocumentsShowCanBeUsed() throws IOException {
    List<String> wrong = new ArrayList<>();
    int seen = 0;
    for (Path document : Documents.all()) {
      for (String block : blocks(document)) {
        seen++;
        String file = whole(block);
        SeriesFile parsed = SeriesFile.parse(file, "series.yaml", new WellEquipped());
        for (Problem problem : parsed.problems()) {
          wrong.add(Documents.CHECKOUT.relativize(document) + ": " + problem + "\n" + file);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).isGreaterThan(8);
  }

  private static List<String> blocks(Path document) throws IOException {
    List<String> blocks = new ArrayList<>();
    StringBuilder block = null;
    for (String line : Files.readAllLines(document)) {
      if (line.strip().equals("```yaml")) {
        block = new StringBuilder();
      } else if (block != null && line.strip().equals("```")) {
        // A worker's own file is another test's.
        if (!block.toString().startsWith("# worker.yaml")) {
          blocks.add(block.toString());
        }
        block = null;
      } else if (block != null) {
        block.append(line).append('\n');
      }
    }
    return blocks;
  }

  /** The block, with the keys before it that a file needs and it has not. */
  private static String whole(String block) {
    String keyed = block.startsWith("  - ") ? "evaluate:\n" + block : block;
    StringBuilder file = new StringBuilder();
    REST.forEach(
        (key, text) -> {
          if (!Pattern.compile("^" + key + ":", Pattern.MULTILINE).matcher(keyed).find()) {
            file.append(text.strip()).append('\n');
          }
        });
    return file + keyed;
  }

  /** A machine that has everything that could be named. */
  private static final class WellEquipped implements Surroundings {
    @Override
    public Path folder() {
      return Path.of("/work");
    }

    @Override
    public Path home() {
      return Path.of("/home/me");
    }

    @Override
    public String variable(String name) {
      return "/" + name;
    }

    @Override
    public Kind kind(Path path) {
      return path.toString().matches(".*(\\.(jsonl|json|yaml|safetensors|py)|/bin/\\w+|/mine/\\w+)")
          ? Kind.FILE
          : Kind.FOLDER;
    }

    @Override
    public List<String> names(Path folder) {
      return List.of("config.json", "model.safetensors", "train.jsonl");
    }

    @Override
    public boolean writable(Path folder) {
      return true;
    }
  }
}
