/**
 * The safetensors format and the Hugging Face model folder around it: headers, shard indexes,
 * dtypes, and the layout of files to write. Every input is hostile until proved otherwise.
 *
 * <p>The user's mistakes are {@link dev.recycler.activities.safetensors.BadCheckpointException}s,
 * the machine's {@link dev.recycler.activities.safetensors.CheckpointIoException}s.
 */
package dev.recycler.activities.safetensors;
