/**
 * {@code recycler drill}: random faults, by a seed, against the whole system of real processes, and
 * an oracle that knows what the result must be.
 */
package dev.recycler.cli.drill;
