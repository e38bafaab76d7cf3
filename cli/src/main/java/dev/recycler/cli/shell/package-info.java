/** What other programs of a shell user know of the commands: completion scripts and man pages. */
package dev.recycler.cli.shell;
