/** What a terminal can show, and text that fits into it. */
package dev.recycler.cli.terminal;
