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

  /** The first few differences, e.g. {@code releases[1].model is /a there and /b here}. */
  static List<String> between(SeriesSpec there, SeriesSpec here) {
    List<String> found = new ArrayList<>();
    compare("", JSON.valueToTree(there), JSON.valueToTree(here), found);
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
    } else if (there.isArray() && here.isArray() && there.size() == here.size()) {
      for (int i = 0; i < there.size(); i++) {
        compare(path + "[" + i + "]", there.get(i), here.get(i), found);
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
