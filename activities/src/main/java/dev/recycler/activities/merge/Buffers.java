package dev.recycler.activities.merge;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Makes buffers for blocks. A large one begins where a huge page may: where the C library asks for
 * those (the launcher has it do so), the kernel then hands a block to the disk in one piece instead
 * of 512, and copies into it faster.
 */
final class Buffers {
  private static final long HUGE_PAGE = 2L << 20;
  private static final long PAGE = 4L << 10;

  private Buffers() {}

  static MemorySegment allocate(Arena arena, long bytes) {
    return arena.allocate(bytes, bytes >= HUGE_PAGE ? HUGE_PAGE : PAGE);
  }
}
