package dev.recycler.cli.console;

import dev.recycler.activities.step.ThisHost;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The environment a command runs in, and the folders that follow from it.
 *
 * @param variables environment variables
 * @param user the user's home folder
 * @param work the working folder
 * @param app the folder that holds {@code lib} and {@code deploy}
 * @param mac whether macOS's folders are used
 */
public record Places(Map<String, String> variables, Path user, Path work, Path app, boolean mac) {
  public Places {
    variables = Map.copyOf(variables);
  }

  /** The places of this process. */
  public static Places ofProcess() {
    Path work = Path.of("").toAbsolutePath();
    // As every shell has it; Java alone would ask the user database, whatever HOME says.
    String home = System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
    return new Places(
        System.getenv(),
        Path.of(home),
        work,
        Path.of(System.getProperty("recycler.app", work.toString())),
        System.getProperty("os.name").startsWith("Mac"));
  }

  /** Where things lie that a user wants to keep. */
  public Path data() {
    return folder("XDG_DATA_HOME", ".local/share", "Library/Application Support");
  }

  /** Where things lie that can be made again. */
  public Path cache() {
    return folder("XDG_CACHE_HOME", ".cache", "Library/Caches");
  }

  /** The home of {@code recycler quickstart} where none is given. */
  public Path quickstartHome() {
    return data().resolve("quickstart");
  }

  /** The home of {@code recycler dev} where none is given. */
  public Path devHome() {
    return data().resolve("dev");
  }

  /**
   * Where this user's workers on this host record which devices they use. Homes are shared between
   * the hosts of a cluster, so each has a folder of its own.
   */
  public Path devices() {
    return data().resolve("devices").resolve(ThisHost.name());
  }

  /** The folder with the Python scripts and the lock files. */
  public Path scripts() {
    return app.resolve("deploy").resolve("python");
  }

  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(v -> !v.isBlank());
  }

  /** A path that the user wrote, absolute. */
  public Path resolve(Path written) {
    String text = written.toString();
    Path path =
        text.equals("~") || text.startsWith("~/")
            ? user.resolve(text.substring(text.length() > 1 ? 2 : 1))
            : written;
    return work.resolve(path).normalize();
  }

  /** A path as it is typed in a command. */
  public String quote(Path path) {
    String text = path.toString();
    return text.matches("[\\w./+@%:,-]+") ? text : "\"" + text + "\"";
  }

  /** A path as a person reads it: with {@code ~} for the user's home. */
  public String show(Path path) {
    return path.startsWith(user) && !path.equals(user)
        ? "~/" + user.relativize(path)
        : path.toString();
  }

  private Path folder(String variable, String usual, String onMac) {
    Path base =
        variable(variable)
            .map(Path::of)
            .filter(Path::isAbsolute)
            .orElseGet(() -> user.resolve(mac ? onMac : usual));
    return base.resolve("recycler");
  }
}
