/**
 * What every step shares: how it says where it is, how it learns that it must stop, and how it
 * fails.
 */
package dev.recycler.activities.step;
