/** Where a drill may interfere with the program; nothing happens here outside of one. */
package dev.recycler.activities.drill;
