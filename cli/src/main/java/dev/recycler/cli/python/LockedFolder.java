package dev.recycler.cli.python;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where the locked environment lies: a folder named by what goes into it, so that another lock file
 * or another Python gets another folder.
 *
 * @param root the folder
 */
record LockedFolder(Path root) {
  static final String BOOTSTRAP = "bootstrap.lock";
  static final String REQUIREMENTS = "requirements.lock";

  static LockedFolder of(Places places, BasePython base) {
    MessageDigest digest = sha256();
    for (String name : new String[] {BOOTSTRAP, REQUIREMENTS}) {
      Path file = places.scripts().resolve(name);
      try {
        digest.update(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new CommandFailed(
            ExitCode.ENVIRONMENT,
            "this installation of recycler lacks " + file + ". Install it again.",
            e);
      }
    }
    digest.update((base.version() + " " + base.executable()).getBytes(StandardCharsets.UTF_8));
    String name = "python-" + HexFormat.of().formatHex(digest.digest()).substring(0, 12);
    return new LockedFolder(places.cache().resolve(name));
  }

  /** The environment with the installer. */
  Path bootstrap() {
    return root.resolve("bootstrap");
  }

  /** The environment with the tools. It is made where it stays: its scripts name its path. */
  Path tools() {
    return root.resolve("tools");
  }

  /** Written last; an environment without it is not whole. */
  Path complete() {
    return root.resolve("COMPLETE");
  }

  /** What the installers printed. */
  Path log() {
    return root.resolve("install.log");
  }

  boolean isComplete() {
    return Files.exists(complete());
  }

  PythonTools use() {
    Path bin = tools().resolve("bin");
    return new PythonTools(bin.resolve("python"), bin.resolve("temporal"));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
