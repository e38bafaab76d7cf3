/** The packaged command line, driven as a user drives it: real server, real tools. */
package dev.recycler.cli.it;
