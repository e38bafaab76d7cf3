package dev.recycler.cli;

import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Session;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Where the process starts and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Interrupts interrupts = Interrupts.ofThisThread();
    Places places = Places.ofProcess();
    Console console =
        Console.of(
            writer(FileDescriptor.out),
            writer(FileDescriptor.err),
            System.getProperty("recycler.terminals", ""),
            places.variables());
    int code = new Cli(new Session(console, places)).run(args);
    interrupts.finished();
    Runtime.getRuntime().exit(code);
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
