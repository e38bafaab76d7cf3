package dev.recycler.cli.drill.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of loopback as Temporal's database can hold them: below 32768. */
final class LowPorts {
  private static final int LEAST = 15_000;
  private static final int BOUND = 32_000;
  private static final int TRIES = 200;

  private LowPorts() {}

  /** One that nobody listens on now. */
  static int free() throws IOException {
    return free(1).getFirst();
  }

  /** So many, all different. */
  static List<Integer> free(int count) throws IOException {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < TRIES && found.size() < count; i++) {
      int port = ThreadLocalRandom.current().nextInt(LEAST, BOUND);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (!found.contains(port)) {
          found.add(port);
        }
      } catch (IOException e) {
        // Somebody has it.
      }
    }
    if (found.size() < count) {
      throw new IOException("no port of 127.0.0.1 between 15000 and 32000 is free");
    }
    return found;
  }
}
