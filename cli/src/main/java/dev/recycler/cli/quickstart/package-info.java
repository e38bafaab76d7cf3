/** The main job from one command, on a tiny series that it makes. */
package dev.recycler.cli.quickstart;
