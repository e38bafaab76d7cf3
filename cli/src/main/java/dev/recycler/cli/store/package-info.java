/** Commands about the artifact store: where a model came from, whether it is whole, what can go. */
package dev.recycler.cli.store;
