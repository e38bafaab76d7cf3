/** Commands that work on model folders at once, without a server: merge, diff and analyze. */
package dev.recycler.cli.models;
