/**
 * Publishing a finished model, to a hub or to a folder: its weights, cast where asked for, a card
 * that people and the hub read, and where it came from.
 */
package dev.recycler.activities.publish;
