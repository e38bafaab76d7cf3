package dev.recycler.cli.python;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Follows an installation by the lines that uv (or pip) prints. */
class UvOutput {
  private static final Pattern DOWNLOADING =
      Pattern.compile("\\s*Downloading (\\S+) \\(([0-9.]+)([KMG])iB\\)");
  private static final Pattern DOWNLOADED = Pattern.compile("\\s*Downloaded (\\S+)");
  private static final Pattern INSTALLED = Pattern.compile("Installed (\\d+) packages.*");
  private static final int KEPT = 40;

  private final Map<String, Double> running = new LinkedHashMap<>();
  private final List<String> last = new ArrayList<>();
  private double mebibytesAsked;
  private double mebibytesDone;
  private String packages = "";
  private String phase = "looking at what is there";

  /** Takes a line; an empty one only means that time has passed. */
  final void add(String line) {
    if (line.isBlank()) {
      return;
    }
    if (last.size() == KEPT) {
      last.removeFirst();
    }
    last.add(line.strip());
    Matcher downloading = DOWNLOADING.matcher(line);
    Matcher downloaded = DOWNLOADED.matcher(line);
    Matcher installed = INSTALLED.matcher(line);
    if (downloading.matches()) {
      double mebibytes = mebibytes(downloading.group(2), downloading.group(3));
      running.put(downloading.group(1), mebibytes);
      mebibytesAsked += mebibytes;
      phase = "downloading";
    } else if (downloaded.matches()) {
      Double mebibytes = running.remove(downloaded.group(1));
      mebibytesDone += mebibytes == null ? 0 : mebibytes;
    } else if (line.startsWith("Prepared ")) {
      phase = "putting files in place";
    } else if (installed.matches()) {
      packages = installed.group(1) + " packages";
    }
  }

  /** What happens now. */
  String doing() {
    if (running.isEmpty()) {
      return phase;
    }
    String biggest =
        running.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    return String.format("%.0f of %.0f MiB, %s", mebibytesDone, mebibytesAsked, biggest);
  }

  final String summary() {
    return packages;
  }

  /** The last lines, oldest first. */
  final List<String> last() {
    return List.copyOf(last);
  }

  private static double mebibytes(String number, String unit) {
    double value = Double.parseDouble(number);
    return switch (unit) {
      case "K" -> value / 1024;
      case "G" -> value * 1024;
      default -> value;
    };
  }
}
