/** The algorithm and its contract. */
package dev.recycler.workflows;
