/** What is measured while a soak runs: samples, whether each figure is level, and the picture. */
package dev.recycler.cli.drill.soak;
