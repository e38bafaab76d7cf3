package dev.recycler.cli.console;

/**
 * What a command is given when it is made.
 *
 * @param console where its output goes
 * @param places the environment it runs in
 */
public record Session(Console console, Places places) {}
