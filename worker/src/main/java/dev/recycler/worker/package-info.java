/** The process that hosts workflows and activities: its connection, its slots, its end. */
package dev.recycler.worker;
