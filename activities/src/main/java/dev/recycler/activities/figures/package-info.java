/**
 * What a worker counts and measures of its steps, in Micrometer's global registry; nobody reads it
 * unless a worker serves it.
 */
package dev.recycler.activities.figures;
