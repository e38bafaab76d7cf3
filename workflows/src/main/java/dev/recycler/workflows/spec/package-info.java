/**
 * The series file: its records, its parser and everything it refuses. What a user may write is
 * decided here and nowhere else.
 */
package dev.recycler.workflows.spec;
