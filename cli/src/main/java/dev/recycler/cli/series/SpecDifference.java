package dev.recycler.cli.series;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.workflows.spec.SeriesSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** In what two series differ that should be one. */
final class SpecDifference {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int SHOWN = 3;

  private SpecDifference() {}

  /** Every difference, e.g. {@code releases[1].model is /a there and /b here}. */
  static List<String> all(SeriesSpec there, SeriesSpec here) {
    List<String> found = new ArrayList<>();
    compare("", JSON.valueToTree(there), JSON.valueToTree(here), found);
    return found;
  }

  /** The first few of them, and how many more there are: for a sentence. */
  static List<String> between(SeriesSpec there, SeriesSpec here) {
    List<String> found = all(there, here);
    if (found.size() <= SHOWN) {
      return found;
    }
    List<String> shown = new ArrayList<>(found.subList(0, SHOWN));
    shown.add("and " + (found.size() - SHOWN) + " more");
    return shown;
  }

  private static void compare(String path, JsonNode there, JsonNode here, List<String> found) {
    if (there.equals(here)) {
      return;
    }
    if (there.isObject() && here.isObject()) {
      Set<String> names = new LinkedHashSet<>();
      there.fieldNames().forEachRemaining(names::add);
      here.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        compare(
            path.isEmpty() ? name : path + "." + name, there.path(name), here.path(name), found);
      }
    } else if (there.isArray() && here.isArray()) {
      for (int i = 0; i < Math.max(there.size(), here.size()); i++) {
        compare(path + "[" + i + "]", there.path(i), here.path(i), found);
      }
    } else {
      found.add(path + " is " + brief(there) + " there and " + brief(here) + " here");
    }
  }

  private static String brief(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return "not set";
    }
    String text = node.isValueNode() ? node.asText() : node.toString();
    return text.length() <= 60 ? text : text.substring(0, 59) + "…";
  }
}
