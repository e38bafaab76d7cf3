/**
 * What the JVM is shown once, so that it starts fast afterwards: see {@link
 * dev.recycler.cli.rehearsal.Rehearsal}.
 */
package dev.recycler.cli.rehearsal;
