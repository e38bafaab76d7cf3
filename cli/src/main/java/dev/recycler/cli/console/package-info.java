/** What every command shares: exit codes, failures, where output goes, where files are kept. */
package dev.recycler.cli.console;
