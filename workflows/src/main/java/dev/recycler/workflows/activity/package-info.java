/** What the workflow asks of workers: activity interfaces, their inputs and their results. */
package dev.recycler.workflows.activity;
