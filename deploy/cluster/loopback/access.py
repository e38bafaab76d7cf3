"""Who is let in, and what those are told who are not."""

from . import series
from .cluster import Cluster, say
from .keys import KeyAuthority
from .processes import Failed, until
from .recycler import Recycler

SERIES = "keyed"


def strangers(cluster: Cluster) -> None:
    """Whoever has the wrong certificate, or none, is told so in one sentence."""
    known = cluster.temporal.client_environment()
    remedy = "TEMPORAL_TLS_CLIENT_CERT_PATH"
    other = cluster.client(cluster.temporal.client_environment("stranger"))
    say("a stranger's certificate: " + other.refused(remedy, "list"))
    nobody = cluster.client({k: v for k, v in known.items() if "CLIENT" not in k})
    say("no certificate: " + nobody.refused(remedy, "list"))
    clear = cluster.client({k: v for k, v in known.items() if "TLS" not in k})
    say("no TLS: " + clear.refused("TEMPORAL_TLS=true", "list"))
    trusting = cluster.client({k: v for k, v in known.items() if "CA" not in k})
    say("a CA that nobody knows: " + trusting.refused("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "list"))


def with_keys(cluster: Cluster) -> None:
    """Has the server know its clients by API keys; a series runs with the right one."""
    authority = KeyAuthority(cluster.folder / "authority")
    cluster.temporal.stop()
    cluster.temporal.know_by_key(authority)
    cluster.temporal.start()

    def who(api_key: str) -> Recycler:
        return cluster.client(cluster.temporal.keyed_environment(api_key))

    writer = who(authority.token(["default:write"]))
    cluster.user = writer
    # Its services come one after the other: the last of them knows which series there are.
    until("the right key is let in", lambda: "there is no series" in
          writer.run("status", "missing").stderr, 120, 2)  # fmt: skip
    file = series.write(cluster.shared, SERIES, 2, 1, 2, 0.1)
    _refusals(cluster, authority, who, str(file))
    cluster.worker("keyed", writer, "does: [merge, train, evaluate]", "4,5").start()
    writer.ok("start", str(file))
    cluster.finish(SERIES, 300)
    cluster.end_workers()
    _nothing_of_keys(cluster, writer.environment["TEMPORAL_API_KEY"])
    say("with the right API key a series ran to its end, and the key is in no log")


def _refusals(cluster: Cluster, authority: KeyAuthority, who, file: str) -> None:
    wrong = "refuses the API key"
    for what, key, expected in (
        ("a key that somebody else has signed",
         authority.token(["default:admin"], key=authority.other), wrong),
        ("a key that has expired", authority.token(["default:admin"], seconds=-30), wrong),
        ("a key that is none", "not-a-token", wrong),
        ("a key for another namespace", authority.token(["elsewhere:admin"]),
         "may not use namespace default"),
    ):  # fmt: skip
        say(f"{what}: " + who(key).refused(expected, "list"))
    reader = who(authority.token(["default:read"]))
    reader.ok("list")
    say("a key that may only read: " + reader.refused("the role of a writer", "start", file))
    keyed = cluster.temporal.keyed_environment("").items()
    nobody = cluster.client({k: v for k, v in keyed if k != "TEMPORAL_API_KEY"})
    say("no key: " + nobody.refused("an API key with rights", "list"))


def _nothing_of_keys(cluster: Cluster, key: str) -> None:
    for log in cluster.folder.glob("*/*.log"):
        if key in log.read_text(encoding="utf-8", errors="replace"):
            raise Failed(f"the API key is in {log}")
