package dev.recycler.cli.drill;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.cli.drill.tool.Trainer;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the drill starts its Java processes: as itself was started, and as fast. */
final class Jvm {
  private static final List<String> KEPT =
      List.of("-XX:", "--add-modules", "--enable-native-access", "--sun-misc-unsafe", "-Xlog:");

  private Jvm() {}

  /** A JVM for a program that needs nothing of the product's libraries. */
  static List<String> small() {
    return List.of(
        program(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx48m");
  }

  /** A JVM with all of the product, whose class path is to be in its { CLASSPATH}. */
  static List<String> whole(String memory) {
    List<String> command = new ArrayList<>(List.of(program()));
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (KEPT.stream().anyMatch(argument::startsWith)) {
        command.add(argument);
      }
    }
    command.addAll(List.of("-Xmx" + memory, "-XX:TieredStopAtLevel=1"));
    return command;
  }

  /** Where the drill's tools are. */
  static String toolPath() {
    return Stream.of(Trainer.class, FaultPoint.class)
        .map(Jvm::place)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String program() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of the drill's classes is not known", e);
    }
  }
}
