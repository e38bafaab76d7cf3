package dev.recycler.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs copies of the launcher in an environment of the test's, with Javas that only print. */
final class LauncherBench {
  private final Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private final AtomicInteger runs = new AtomicInteger();

  /** What the launcher ended with. */
  record Result(int code, String out, String err) {}

  LauncherBench(Path folder) {
    this.folder = folder;
    set("PATH", "/usr/bin:/bin");
    set("HOME", folder.resolve("user").toString());
  }

  void set(String variable, String value) {
    variables.put(variable, value);
  }

  /** Copies the launcher into a folder. */
  Path launcher(Path into) throws IOException {
    String text = Files.readString(Path.of(System.getProperty("recycler.checkout"), "recycler"));
    return FakePrograms.script(into.resolve("recycler"), text.substring("#!/bin/sh\n".length()));
  }

  /** A JDK that prints its name and what it is given. */
  Path java(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    FakePrograms.script(
        home.resolve("bin/java"), "echo \"java of " + name + "\"\nfor a; do echo \"[$a]\"; done\n");
    FakePrograms.script(home.resolve("bin/javac"), "");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  Result run(Path launcher, String... arguments) throws IOException, InterruptedException {
    int number = runs.incrementAndGet();
    Path out = folder.resolve("out" + number);
    Path err = folder.resolve("err" + number);
    List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables);
    builder.directory(folder.toFile());
    int code = builder.start().waitFor();
    return new Result(code, Files.readString(out), Files.readString(err));
  }
}
