package dev.recycler.activities.merge;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Makes buffers for blocks. One of 2 MiB and more begins where a huge page may: where the C library
 * asks for those (the launcher has it do so for commands), the kernel then hands a block to the
 * disk in one piece instead of 512, and copies into it faster.
 */
final class Buffers {
  private static final long HUGE_PAGE = 2L << 20;
  private static final long PAGE = 4L << 10;
  private static final long CACHE_LINE = 64;

  private Buffers() {}

  static MemorySegment allocate(Arena arena, long bytes) {
    return arena.allocate(bytes, alignment(bytes));
  }

  private static long alignment(long bytes) {
    if (bytes >= HUGE_PAGE) {
      return HUGE_PAGE;
    }
    return bytes >= 2 * PAGE ? PAGE : CACHE_LINE;
  }

  /** Bytes that a buffer may take, with what lies before its beginning. */
  static long footprint(long bytes) {
    return bytes + alignment(bytes);
  }
}
