/** How data crosses to the Temporal server and back. */
package dev.recycler.workflows.payload;
