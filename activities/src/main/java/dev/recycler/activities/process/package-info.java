/**
 * Supervised processes: tools that go on while the worker that started them is gone, are found
 * again by the next one, and are ended whole.
 *
 * <p>Each attempt of a run has a folder of its own, made exclusively; making the next one fences
 * the one before. A small supervisor, in its own session, starts the tool, renews a lease and
 * records the exit. Processes are told apart by boot, process id and start time, never by process
 * id alone.
 */
package dev.recycler.activities.process;
