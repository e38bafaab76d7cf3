"""Lets trainers take a model folder where they mean to download one first.

On PYTHONPATH of open-instruct, whose `finetune.py` calls `snapshot_download` with the model's path
before it loads the model: an existing folder is returned as it is. Everything else goes to the hub
as before. `sitecustomize` reaches the processes of `accelerate launch` and `torchrun` too.
"""

import importlib.abc
import importlib.util
import os
import sys

_MODULE = "huggingface_hub"


def _accept_folders(module) -> None:
    download = module.snapshot_download

    def snapshot_download(repo_id, *arguments, **options):
        if os.path.isdir(repo_id):
            return os.path.abspath(repo_id)
        return download(repo_id, *arguments, **options)

    module.snapshot_download = snapshot_download


class _AfterImport(importlib.abc.MetaPathFinder):
    """Changes the module when something imports it, so that nothing is imported in vain."""

    def find_spec(self, name, path=None, target=None):
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            _accept_folders(module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _AfterImport())
