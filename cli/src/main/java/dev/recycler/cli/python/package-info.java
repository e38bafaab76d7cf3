/** The Python environment with the trainer, the evaluator and the Temporal server. */
package dev.recycler.cli.python;
