package dev.recycler.activities.merge;

/**
 * Tells whether the machine and this JVM have vectors, without loading a class that needs them, and
 * describes the choice for {@code doctor}.
 */
public final class VectorSupport {
  private static final int MIN_BITS = 128;

  private VectorSupport() {}

  /** Why vectors are not used; null where they are. */
  static String obstacle() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return "the JVM runs without --add-modules jdk.incubator.vector";
    }
    int bits = Width.bits();
    return bits < MIN_BITS ? "the machine's vectors have only %d bits".formatted(bits) : null;
  }

  static Kernels kernels() {
    return VectorKernels.INSTANCE;
  }

  /** One line on which arithmetic a merge will use here, and why. */
  public static String describe() {
    String obstacle = obstacle();
    return obstacle == null
        ? "%s, as wide as this machine's vectors (jdk.incubator.vector)".formatted(kernels().name())
        : "scalar, because %s".formatted(obstacle);
  }

  /** Apart, so that the vector module is asked for only where it is known to be there. */
  private static final class Width {
    static int bits() {
      return jdk.incubator.vector.VectorShape.preferredShape().vectorBitSize();
    }
  }
}
