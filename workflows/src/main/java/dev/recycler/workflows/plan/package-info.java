/** What a series file amounts to: its models, the steps that make and score them, their names. */
package dev.recycler.workflows.plan;
