/** {@code recycler init}: a commented series file, from flags or from a few questions. */
package dev.recycler.cli.init;
