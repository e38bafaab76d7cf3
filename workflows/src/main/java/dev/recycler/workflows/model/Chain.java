package dev.recycler.workflows.model;

import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Best;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import java.util.Objects;

/** Compares models, which may go back over hundreds of releases, without recursion. */
final class Chain {
  /** Models that differ mostly do so near their ends: the strategies part within two releases. */
  private static final int HASHED = 12;

  private Chain() {}

  /** Whether two models are the same expression. */
  @SuppressWarnings("ReferenceEquality") // what is one object needs no further look
  static boolean equal(Model one, Model other) {
    Model a = one;
    Model b = other;
    while (a != b) {
      if (!head(a).equals(head(b))) {
        return false;
      }
      if (a instanceof Base) {
        return true;
      }
      a = tail(a);
      b = tail(b);
    }
    return true;
  }

  /** Of the newest part of a chain, which costs the same however far it goes back. */
  static int hash(Model model) {
    int hash = 1;
    Model at = model;
    for (int i = 0; i < HASHED && !(at instanceof Base); i++) {
      hash = 31 * hash + head(at).hashCode();
      at = tail(at);
    }
    return 31 * hash + (at instanceof Base ? at.hashCode() : 0);
  }

  /** What of a model is not in the one that it goes back to. */
  private static Object head(Model model) {
    return switch (model) {
      case Base base -> base;
      case Finetuned finetuned -> finetuned.times();
      case Merged merged -> new Head(merged.target(), merged.difference().base(), merged.scale());
      case Best best -> new Head(best.target(), best.difference().base(), best.scales());
    };
  }

  private record Head(Base target, Base base, Object scale) {
    Head {
      Objects.requireNonNull(scale, "scale");
    }
  }

  private static Model tail(Model model) {
    return switch (model) {
      case Base base -> throw new IllegalArgumentException(base + " goes back to nothing");
      case Finetuned finetuned -> finetuned.start();
      case Merged merged -> merged.difference().finetuned();
      case Best best -> best.difference().finetuned();
    };
  }
}
