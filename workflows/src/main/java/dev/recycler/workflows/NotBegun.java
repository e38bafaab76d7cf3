package dev.recycler.workflows;

/** How the work of a step ends that found, its turn having come, that nothing may begin now. */
final class NotBegun extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotBegun() {
    super("nothing begins now", null, false, false);
  }
}
