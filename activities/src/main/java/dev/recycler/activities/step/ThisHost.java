package dev.recycler.activities.step;

import dev.recycler.activities.drill.FaultPoint;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of this host, for lineage, heartbeats and claims. */
public final class ThisHost {
  private static final String NAME = find();

  private ThisHost() {}

  public static String name() {
    return NAME;
  }

  private static String find() {
    return FaultPoint.host().orElseGet(ThisHost::ofSystem);
  }

  private static String ofSystem() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
