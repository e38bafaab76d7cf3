/**
 * Models from a Hugging Face hub and to it: revisions resolved to commits, files fetched in ranges
 * into the hub's own cache layout, which transformers and huggingface_hub read and lock as well,
 * and models published by the commit API.
 */
package dev.recycler.activities.hub;
