package dev.recycler.activities.step;

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
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
