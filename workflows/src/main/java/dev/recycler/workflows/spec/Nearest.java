package dev.recycler.workflows.spec;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a user most likely meant. */
public final class Nearest {
  private Nearest() {}

  /** The closest name, where one is close enough to be a slip of the keyboard. */
  public static Optional<String> to(String written, Collection<String> names) {
    return names.stream()
        // Of two letters, one is too much: M9 is no slip for M1 more than for M2.
        .filter(name -> apart(written, name) <= name.length() / 3)
        .min(
            Comparator.<String>comparingInt(name -> apart(written, name))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static int apart(String written, String name) {
    return distance(written.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
  }

  /** How many letters are to be added, dropped, changed or swapped with their neighbour. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
