/** The commands that start, follow and steer series, and what they ask of Temporal. */
package dev.recycler.cli.series;
