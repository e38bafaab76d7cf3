package dev.recycler.workflows.spec;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Unmodifiable copies whose order is that of the original. {@code Map.copyOf} and {@code
 * Set.copyOf} iterate in another order in every JVM, which a workflow must not see.
 */
final class Ordered {
  private Ordered() {}

  static <E extends Enum<E>> Set<E> copy(Set<E> set) {
    return set.isEmpty()
        ? Collections.emptySet()
        : Collections.unmodifiableSet(EnumSet.copyOf(set));
  }

  static <K, V> Map<K, V> copy(Map<K, V> map) {
    return map == null
        ? Collections.emptyMap()
        : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
