/**
 * What a series would do, without doing it: which steps the store has already, why the others are
 * to be done, what they will cost, and what is wrong before anything runs.
 */
package dev.recycler.activities.preview;
