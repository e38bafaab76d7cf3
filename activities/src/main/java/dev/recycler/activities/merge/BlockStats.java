package dev.recycler.activities.merge;

/**
 * Measurements of one block. Sums are taken over eight interleaved rows of values, which are added
 * at the end: the same figure whatever the number of threads.
 */
final class BlockStats {
  private static final int LANES = 8;

  private final double[] deltaSquares = new double[LANES];
  private final double[] baseSquares = new double[LANES];
  private final double[] distanceSquares = new double[LANES];
  private final double[] products = new double[LANES];
  private long values;
  private long zero;
  private long lostInBfloat16;
  private long inexactInFloat;
  private double largest = -1;
  private long largestAt = -1;

  /** Adds {@code n} values, the first of which is element {@code first} of the tensor. */
  void add(long first, double[] finetuned, double[] base, double[] target, double[] delta, int n) {
    values += n;
    for (int i = 0; i < n; i++) {
      int lane = i % LANES;
      double d = delta[i];
      deltaSquares[lane] += d * d;
      baseSquares[lane] += base[i] * base[i];
      if (target != null) {
        double away = target[i] - base[i];
        distanceSquares[lane] += away * away;
        products[lane] += away * d;
      }
      double size = Math.abs(d);
      if (size > largest) {
        largest = size;
        largestAt = first + i;
      }
      if (d == 0) {
        zero++;
      } else if (ScalarKernels.toBfloat16((float) finetuned[i])
          == ScalarKernels.toBfloat16((float) base[i])) {
        lostInBfloat16++;
      }
      if ((float) d != d) {
        inexactInFloat++;
      }
    }
  }

  double deltaSquare() {
    return sum(deltaSquares);
  }

  double baseSquare() {
    return sum(baseSquares);
  }

  double distanceSquare() {
    return sum(distanceSquares);
  }

  double product() {
    return sum(products);
  }

  long values() {
    return values;
  }

  long zero() {
    return zero;
  }

  long lostInBfloat16() {
    return lostInBfloat16;
  }

  /** How many differences a float32 does not hold exactly; a NaN counts as one. */
  long inexactInFloat() {
    return inexactInFloat;
  }

  double largest() {
    return largest;
  }

  long largestAt() {
    return largestAt;
  }

  private static double sum(double[] lanes) {
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }
}
