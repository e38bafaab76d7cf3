"""`mini-series.json`: what a finished series was made with, and a digest of each of its files."""

import hashlib
import json
from pathlib import Path

NAME = "mini-series.json"
FORMAT = 1


class Unusable(Exception):
    """The folder can't be used for what was asked; the message says why and what to do."""


def write(folder: Path, parameters: dict, versions: dict) -> None:
    """Writes the manifest of all files below the folder."""
    files = {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    content = {"format": FORMAT, **parameters, "versions": versions, "files": files}
    (folder / NAME).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def is_complete(folder: Path, parameters: dict, expected_texts: dict[str, str]) -> bool:
    """True if the folder holds just this series, False if nothing is there.

    Raises Unusable for anything else: foreign files, other parameters, changed files, or files
    whose text depends on the folder's place (`expected_texts`, by name) and names another one.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    if not (folder / NAME).is_file():
        raise Unusable(f"{folder} exists and has no {NAME}: choose another --out")
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
        files = found["files"]
        differing = [
            f"{key} is {found.get(key)!r}, not {value!r}"
            for key, value in {"format": FORMAT, **parameters}.items()
            if found.get(key) != value
        ]
    except (ValueError, KeyError, AttributeError) as e:
        raise Unusable(f"{folder / NAME} can't be read ({e}): delete {folder}") from e
    if differing:
        raise Unusable(
            f"{folder} holds another series ({'; '.join(differing)}): delete it or choose "
            "another --out"
        )
    for name, text in expected_texts.items():
        if files.get(name) != hashlib.sha256(text.encode()).hexdigest():
            raise Unusable(
                f"{folder / name} names another place: a series can't be moved; delete {folder}"
            )
    changed = [
        name
        for name, digest in files.items()
        if not (folder / name).is_file() or _sha256(folder / name) != digest
    ]
    if changed:
        raise Unusable(f"{folder}: {', '.join(changed)} missing or changed: delete the folder")
    return True


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
