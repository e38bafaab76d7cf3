/**
 * Fine-tuning: one small adapter a trainer over the same supervised process. Success is a whole,
 * readable model with the number of steps asked for, never an exit code alone.
 */
package dev.recycler.activities.training;
