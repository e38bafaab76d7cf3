package dev.recycler.cli.drill;

import java.io.IOException;

/** What the tools of a run have done, told by themselves or seen from outside. */
@FunctionalInterface
interface Accounts {
  /** All of it by now. */
  Journals now() throws IOException;

  /** Takes a look at those that run, some times a second; what tells of itself needs none. */
  default void look() throws IOException {}
}
