"""Encrypted payloads: what the database holds, what the UI shows, and how keys change."""

import base64
import json
import secrets
import urllib.error
import urllib.request

from . import series
from .cluster import Cluster, say
from .processes import Failed, Owned, free_port, listens, until
from .recycler import PROGRAM, Recycler

# In the paths, arguments and results of one series with keys, and of one without.
QUIET = "quiet-as-a-mouse"
LOUD = "loud-as-a-lion"
KEYS = ("key-of-spring", "key-of-autumn")
ORIGIN = "http://localhost:8233"


def encrypt(cluster: Cluster) -> None:
    """Series with and without keys; searches the database; changes the key; asks as the UI does."""
    file = cluster.folder / "encryption-keys"
    first, second, third = (f"{name}: {base64.b64encode(secrets.token_bytes(32)).decode()}\n"
                            for name in (*KEYS, "key-of-others"))  # fmt: skip
    file.write_text(first, encoding="ascii")
    plain = cluster.user
    keyed = cluster.client({**_temporal(plain), "RECYCLER_ENCRYPTION_KEYS_FILE": str(file)})
    _series(cluster, plain, LOUD, "loud")
    cluster.user = keyed
    worker = cluster.worker("encrypting", keyed, "does: [merge, train, evaluate]", "6,7").start()
    begun = series.write(cluster.shared / QUIET, "quiet", 2, 1, 6, 1.0)
    keyed.ok("start", str(begun))
    until("the quiet series trains", lambda: _trains(keyed, "quiet"), 120)
    file.write_text(second + first, encoding="ascii")
    cluster.finish("quiet", 300)
    _run(cluster, keyed, QUIET, "quieter")
    worker.end()
    _search(cluster)
    _ask_as_the_ui(cluster, keyed)
    file.write_text(second, encoding="ascii")
    if QUIET not in keyed.ok("status", "quiet", "--json"):
        raise Failed("with the new key alone, what ended after the change is not told")
    file.write_text(third, encoding="ascii")
    other = f'is encrypted with the key "{KEYS[1]}"'
    say("another's key: " + keyed.refused(other, "status", "quiet"))
    say("no key: " + plain.refused("no key is set here", "status", "quieter"))
    cluster.user = plain
    cluster.end_workers()


def _temporal(recycler: Recycler) -> dict[str, str]:
    return {k: v for k, v in recycler.environment.items() if k.startswith("TEMPORAL_")}


def _trains(recycler: Recycler, name: str) -> bool:
    steps = recycler.status(name).get("steps", [])
    return any("finetune" in step["id"] and step["state"] == "running" for step in steps)


def _run(cluster: Cluster, recycler: Recycler, mark: str, name: str) -> None:
    recycler.ok("start", str(series.write(cluster.shared / mark, name, 2, 1, 2, 0.1)))
    cluster.finish(name, 300)


def _series(cluster: Cluster, recycler: Recycler, mark: str, name: str) -> None:
    worker = cluster.worker(name, recycler, "does: [merge, train, evaluate]", "6,7").start()
    _run(cluster, recycler, mark, name)
    worker.end()


def _search(cluster: Cluster) -> None:
    """Looks at every byte of both databases: as text, and as the hexadecimal of binary columns."""
    dump = "".join(cluster.postgres.dump(name) for name in ("temporal", "temporal_visibility"))
    text = dump.lower()
    count = {mark: text.count(mark) + text.count(mark.encode().hex()) for mark in (LOUD, QUIET)}
    if not count[LOUD]:
        raise Failed("the search of the database does not find what is there in the clear")
    if count[QUIET]:
        raise Failed(f"the database holds {count[QUIET]} payloads of an encrypted series in the clear")
    for key in KEYS:
        if key.encode().hex() not in text:
            raise Failed(f"nothing in the database is encrypted with the key {key}")
    say(f"{len(dump) >> 10} KiB of database: {count[LOUD]} places readable without keys, none with")


def _ask_as_the_ui(cluster: Cluster, recycler: Recycler) -> None:
    """What the UI's codec does in a browser, with the payloads of the encrypted series."""
    shown = cluster.temporal_tool("workflow", "show", "-w", "series-quiet", "--output", "json")
    payloads = list(_payloads(json.loads(shown)))
    if any(_names(payload) for payload in payloads):
        raise Failed("the server gives payloads that can be read")
    port = free_port()
    codec = Owned("codec-server", [PROGRAM, "codec-server", "--port", str(port)],
                  cluster.folder / "codec-server.log", env=recycler.environment).start()  # fmt: skip
    try:
        until("the codec server listens", lambda: listens(port), 60)
        decoded = _decode(port, payloads, ORIGIN)["payloads"]
        readable = sum(_names(payload) for payload in decoded)
        if not readable:
            raise Failed("what the codec server gives the UI cannot be read")
        try:
            _decode(port, payloads, "http://localhost:9999")
        except urllib.error.HTTPError as refused:
            if refused.code != 403:
                raise Failed(f"a stranger's page gets {refused.code}") from refused
        else:
            raise Failed("a stranger's page is answered by the codec server")
    finally:
        codec.end()
    say(f"{readable} of {len(payloads)} payloads name paths to the UI; a stranger's page gets nothing")


def _names(payload: dict) -> bool:
    # What is nothing has no data.
    return QUIET.encode() in base64.b64decode(payload.get("data", ""))


def _decode(port: int, payloads: list, origin: str) -> dict:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/decode",
        json.dumps({"payloads": payloads}).encode(),
        {"Origin": origin, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _payloads(node):
    if isinstance(node, dict):
        if "data" in node and "metadata" in node:
            yield node
        for value in node.values():
            yield from _payloads(value)
    elif isinstance(node, list):
        for value in node:
            yield from _payloads(value)
