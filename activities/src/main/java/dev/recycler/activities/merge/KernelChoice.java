package dev.recycler.activities.merge;

/** Which form of the arithmetic to use. All give the same bits. */
public enum KernelChoice {
  /** Vectors where the machine and the JVM have them wide enough, else scalar. */
  AUTO,
  SCALAR,
  VECTOR
}
