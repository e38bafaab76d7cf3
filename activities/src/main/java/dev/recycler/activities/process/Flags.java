package dev.recycler.activities.process;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tool's flags as the user has written them: without leading dashes, in order, {@code -} and
 * {@code _} alike.
 */
public record Flags(Map<String, String> given) {

  /** The value of a flag, where it is given. */
  public Optional<String> value(String name) {
    return given.entrySet().stream()
        .filter(flag -> plain(flag.getKey()).equals(plain(name)))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  public boolean has(String name) {
    return value(name).isPresent();
  }

  /** Those given that are among others, as they are written. */
  public List<String> among(Set<String> others) {
    return given.keySet().stream()
        .filter(name -> others.stream().anyMatch(other -> plain(other).equals(plain(name))))
        .toList();
  }

  /** The same, also where they are shortened, as Python's parser allows. */
  public List<String> amongShortened(Set<String> others) {
    return given.keySet().stream()
        .filter(name -> others.stream().anyMatch(other -> plain(other).startsWith(plain(name))))
        .toList();
  }

  /** Without some of them. */
  public Flags without(Set<String> names) {
    Map<String, String> left = new LinkedHashMap<>(given);
    left.keySet().removeAll(among(names));
    return new Flags(left);
  }

  /** Each with its value as it is; an empty one makes a bare flag. */
  public void addTo(List<String> command) {
    given.forEach((name, value) -> add(command, name, value));
  }

  /**
   * The same for tools whose truth values are bare flags: {@code true} makes one.
   *
   * @param bare flags that take no value, which a {@code false} leaves out
   */
  public void addBareTo(List<String> command, Set<String> bare) {
    given.forEach(
        (name, value) -> {
          if (value.equals("true")) {
            add(command, name, "");
          } else if (!value.equals("false") || !bare.contains(plain(name))) {
            add(command, name, value);
          }
        });
  }

  private static void add(List<String> command, String name, String value) {
    command.add("--" + name);
    if (!value.isEmpty()) {
      command.add(value);
    }
  }

  private static String plain(String name) {
    return name.replace('-', '_');
  }
}
