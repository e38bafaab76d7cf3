package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a merge changes in the fine-tuned model's {@code config.json}.
 *
 * @param dtype the float type that most of the output has; absent where it has none
 * @param vocabulary rows of the embedding, where they are not the fine-tuned model's
 * @param untied whether the output has a head although the config ties it
 */
record ConfigChanges(Optional<Dtype> dtype, OptionalLong vocabulary, boolean untied) {}
