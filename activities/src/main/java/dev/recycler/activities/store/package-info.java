/**
 * The artifact store: immutable folders, each named by the fingerprint of what determined it,
 * published by one rename, with their lineage beside them. Existence of a folder elsewhere proves
 * nothing; existence of one here proves that it was whole.
 */
package dev.recycler.activities.store;
