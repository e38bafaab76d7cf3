/** The command line: one factory for all commands, exit codes, errors as sentences. */
package dev.recycler.cli;
