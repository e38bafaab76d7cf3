/** The Temporal server: one of one's own in a home folder, and the way to any other. */
package dev.recycler.cli.server;
