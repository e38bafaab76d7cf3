/**
 * The activities of a series: what {@link dev.recycler.workflows.activity.Steps} promises, done by
 * the merge engine, the trainers and the harnesses, kept in the store.
 */
package dev.recycler.activities;
