/** A page for this machine's browser: served on loopback, and opened. */
package dev.recycler.cli.serve;
