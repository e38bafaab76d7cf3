package dev.recycler.activities.process;

import java.util.Map;
import java.util.Optional;

/** How process identities stand in record files. */
final class Identities {
  private Identities() {}

  static void put(Map<String, String> values, String prefix, ProcessIdentity process) {
    values.put(prefix + ".pid", Long.toString(process.pid()));
    values.put(prefix + ".start", process.start());
    values.put(prefix + ".place", process.place());
  }

  static Optional<ProcessIdentity> get(Map<String, String> values, String prefix) {
    String pid = values.get(prefix + ".pid");
    return pid == null
        ? Optional.empty()
        : Optional.of(
            new ProcessIdentity(
                Long.parseLong(pid), values.get(prefix + ".start"), values.get(prefix + ".place")));
  }
}
