/** The commands that stay: a server and a worker of one's own, or a worker alone. */
package dev.recycler.cli.run;
