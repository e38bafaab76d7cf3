/** Encryption of everything that a series says to the Temporal server. */
package dev.recycler.worker.encryption;
