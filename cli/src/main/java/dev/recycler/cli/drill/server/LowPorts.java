package dev.recycler.cli.drill.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of loopback as Temporal's database can hold them: below 32768. */
final class LowPorts {
  private static final int LEAST = 15_000;
  private static final int BOUND = 32_000;
  private static final int TRIES = 200;

  private LowPorts() {}

  /** One that nobody listens on now. */
  static int free() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LEAST, BOUND);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException e) {
        // Somebody has it.
      }
    }
    throw new IOException("no port of 127.0.0.1 between 15000 and 32000 is free");
  }
}
