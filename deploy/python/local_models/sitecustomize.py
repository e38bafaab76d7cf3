"""Lets open-instruct take, write and keep what recycler works with.

On its PYTHONPATH, and so in the processes of `accelerate launch` and `torchrun` too. Where a version
has a flag for one of these, recycler uses the flag; this is for the versions that have none:

* `snapshot_download` of an existing folder returns the folder: newer versions call it with the
  model's path before they load the model;
* `save_pretrained(safe_serialization=False)` writes safetensors all the same: older versions ask for
  pickles, which recycler never opens;
* checkpoints stay: older versions delete them all when they have saved the model.
"""

import functools
import importlib.abc
import importlib.util
import os
import sys


def _accept_folders(module) -> None:
    download = module.snapshot_download

    @functools.wraps(download)
    def snapshot_download(repo_id, *arguments, **options):
        if os.path.isdir(repo_id):
            return os.path.abspath(repo_id)
        return download(repo_id, *arguments, **options)

    module.snapshot_download = snapshot_download


def _save_safely(module) -> None:
    save = module.PreTrainedModel.save_pretrained

    @functools.wraps(save)
    def save_pretrained(self, *arguments, **options):
        if options.get("safe_serialization") is False:
            options["safe_serialization"] = True
        return save(self, *arguments, **options)

    module.PreTrainedModel.save_pretrained = save_pretrained


def _keep_checkpoints(module) -> None:
    clean = getattr(module, "clean_last_n_checkpoints", None)
    if clean is None:
        return

    @functools.wraps(clean)
    def clean_last_n_checkpoints(output_dir, keep_last_n_checkpoints):
        if keep_last_n_checkpoints > 0:
            clean(output_dir, keep_last_n_checkpoints)

    module.clean_last_n_checkpoints = clean_last_n_checkpoints


_CHANGES = {
    "huggingface_hub": _accept_folders,
    "transformers.modeling_utils": _save_safely,
    "open_instruct.utils": _keep_checkpoints,
}


class _AfterImport(importlib.abc.MetaPathFinder):
    """Changes a module when something imports it, so that nothing is imported in vain."""

    def find_spec(self, name, path=None, target=None):
        change = _CHANGES.pop(name, None)
        if change is None:
            return None
        # Popped, so that this search does not come here again.
        spec = importlib.util.find_spec(name)
        if spec is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            change(module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _AfterImport())
