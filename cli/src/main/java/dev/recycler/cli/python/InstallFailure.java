package dev.recycler.cli.python;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What went wrong, as a sentence, from what an installer printed. */
final class InstallFailure {
  private static final Pattern NETWORK =
      Pattern.compile(
          "error sending request|dns error|failed to fetch|connection (refused|reset|aborted)"
              + "|could not connect|connecterror|newconnectionerror|name resolution"
              + "|network is unreachable|timed out|max retries|tcp connect");
  private static final Pattern SPACE =
      Pattern.compile("no space left|disk quota exceeded|os error 28|errno 28");
  private static final Pattern HASH =
      Pattern.compile("hash mismatch|hashes.*not match|do not match the hashes");

  private InstallFailure() {}

  static String sentence(UvOutput output, Path log) {
    List<String> lines = output.last();
    String text = String.join("\n", lines).toLowerCase(Locale.ROOT);
    String tail = " The installer's log is " + log + ".";
    if (SPACE.matcher(text).find()) {
      return "the disk was full while the Python tools were installed. Make space and type the same"
          + " command again."
          + tail;
    }
    if (NETWORK.matcher(text).find()) {
      return "the Python package index could not be reached. Check the network (or set"
          + " PIP_INDEX_URL to a mirror) and type the same command again."
          + tail;
    }
    if (HASH.matcher(text).find()) {
      return "a downloaded Python package is not the one that was locked. Check the package index or"
          + " mirror that is set."
          + tail;
    }
    String said = lines.isEmpty() ? "it printed nothing" : lines.getLast();
    return "the Python tools could not be installed: " + said + "." + tail;
  }
}
