package dev.recycler.activities.safetensors;

import java.util.List;
import java.util.Map;

/**
 * What a safetensors file declares, checked against its size.
 *
 * @param metadata the strings under {@code __metadata__}
 * @param tensors in the order of their bytes in the file, offsets from the file's start
 * @param length bytes of the header with its eight bytes of length: where data starts
 */
record Header(Map<String, String> metadata, List<TensorInfo> tensors, long length) {}
