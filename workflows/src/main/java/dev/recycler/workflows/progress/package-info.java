/** What a query of a running series returns. */
package dev.recycler.workflows.progress;
