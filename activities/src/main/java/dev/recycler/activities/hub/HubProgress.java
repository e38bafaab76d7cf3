package dev.recycler.activities.hub;

/** Hears how far a transfer is, at least every second. What it throws ends the transfer. */
@FunctionalInterface
public interface HubProgress {
  /**
   * Hears how far the transfer is.
   *
   * @param doing a word or two: {@code asking the hub}, {@code fetching}, {@code checking}
   * @param done bytes that are there
   * @param total bytes in all, or 0 where unknown
   * @param perSecond bytes a second of this transfer, or NaN where nothing was moved yet
   */
  void at(String doing, long done, long total, double perSecond);
}
