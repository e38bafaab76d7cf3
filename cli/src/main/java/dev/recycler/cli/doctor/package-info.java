/** Whether this machine has what recycler needs, and what to do where it has not. */
package dev.recycler.cli.doctor;
