/** Where a series is: one screen, one JSON object, or one line for each change. */
package dev.recycler.cli.status;
