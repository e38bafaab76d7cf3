package dev.recycler.cli.drill;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;

/** The names of groups of faults, and of all and none: what help and completion offer. */
final class FaultNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Stream.concat(
            Arrays.stream(FaultKind.Group.values())
                .map(group -> group.name().toLowerCase(Locale.ROOT)),
            Stream.of("all", "none"))
        .iterator();
  }
}
