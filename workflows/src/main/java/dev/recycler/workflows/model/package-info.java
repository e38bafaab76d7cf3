/**
 * Models as the paper writes them: a base {@code M_i}, a merged model {@code M_t + Δ}, a fine-tuned
 * model {@code FT(m)}. Two equal expressions are the same model, so a step that strategies share is
 * one step.
 */
package dev.recycler.workflows.model;
