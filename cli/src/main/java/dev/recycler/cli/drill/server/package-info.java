/** The Temporal servers that runs are drilled on. */
package dev.recycler.cli.drill.server;
