"""A series of models of a few numbers, whose tools note which simulated GPUs they use and when."""

import json
import struct
import time
import zlib
from pathlib import Path

# Changes the last number of the weights, in steps that are saved; goes on from the last whole one.
TRAIN = """\
set -eu
model=$1 output=$2 resume=${3-}
log="$NOTES/devices"
begin() { echo "$(date +%s%N) begin $$ $CUDA_VISIBLE_DEVICES" >> "$log"; }
finish() { echo "$(date +%s%N) end $$ $CUDA_VISIBLE_DEVICES" >> "$log"; }
begin
trap finish EXIT
first=0
if [ -n "$resume" ]; then first=${resume##*-}; fi
step=$first
while [ "$step" -lt "$STEPS" ]; do
  step=$((step + 1))
  sleep "$PAUSE"
  mkdir -p "$output/step-$step"
  echo "$step" > "$output/step-$step/COMPLETED"
  echo "step $step/$STEPS loss 0.$step"
done
cp "$model/config.json" "$model/model.safetensors" "$output/"
printf '\\101' | dd of="$output/model.safetensors" bs=1 conv=notrunc \\
  seek=$(($(wc -c < "$model/model.safetensors") - 1)) 2> /dev/null
cksum < "$model/model.safetensors" >> "$NOTES/trained"
"""

# A score that follows from the weights.
SCORE = """\
set -eu
log="$NOTES/devices"
echo "$(date +%s%N) begin $$ $CUDA_VISIBLE_DEVICES" >> "$log"
trap 'echo "$(date +%s%N) end $$ $CUDA_VISIBLE_DEVICES" >> "$log"' EXIT
sleep "$PAUSE"
sum=$(cksum < "$1/model.safetensors")
printf '{"metrics": {"accuracy": {"value": 0.%s, "stderr": 0.01}}, "examples": 10}' "${sum%% *}" \\
  > "$2/scores.json"
cksum < "$1/model.safetensors" >> "$NOTES/scored"
"""


def write(
    folder: Path,
    name: str,
    releases: int,
    gpus: int,
    steps: int,
    pause: float,
    strategies: list[str] | None = None,
    evaluate: bool = True,
) -> Path:
    """Writes models, scripts and the series file; gives the file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "train.jsonl").write_text("{}\n", encoding="utf-8")
    (folder / "notes").mkdir(exist_ok=True)
    (folder / "train.sh").write_text(TRAIN, encoding="utf-8")
    (folder / "score.sh").write_text(SCORE, encoding="utf-8")
    lines = []
    for number in range(1, releases + 1):
        _model(folder / f"{name}-M{number}", number, name)
        lines.append(f"  - {{name: M{number}, model: {name}-M{number}}}")
    variables = f"{{NOTES: {folder}/notes, STEPS: {steps}, PAUSE: {pause}}}"
    file = folder / f"{name}.yaml"
    file.write_text(
        f"""series: {name}
store: store
releases:
{chr(10).join(lines)}
strategies: [{", ".join(strategies or ["iterative", "plain"])}]
finetune:
  trainer: command
  data: data
  command: [/bin/sh, {folder}/train.sh, "{{model}}", "{{output}}", "{{resume_from}}"]
  progress: "step (?<step>[0-9]+)/(?<total>[0-9]+)"
  checkpoints: "step-{{step}}"
  complete: COMPLETED
  resources: {{gpus: {gpus}}}
  environment: {variables}
{_scores(folder, variables) if evaluate else ""}""",
        encoding="utf-8",
    )
    return file


def _scores(folder: Path, variables: str) -> str:
    return f"""evaluate:
  - name: sums
    harness: command
    task: sums
    metric: accuracy
    of: [merged, finetuned]
    command: [/bin/sh, {folder}/score.sh, "{{model}}", "{{output}}"]
    environment: {variables}
"""


def _model(folder: Path, number: int, name: str) -> None:
    folder.mkdir(exist_ok=True)
    header = json.dumps({"w": {"dtype": "F32", "shape": [64], "data_offsets": [0, 256]}}).encode()
    # Series of different names share no model: what is in the store is not done again.
    high, low = divmod(zlib.crc32(name.encode()), 1 << 16)
    weights = struct.pack("<64f", high, low, *(76 + number + i / 64 for i in range(62)))
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + weights)
    (folder / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")


def digests(store: Path, series: str) -> dict[str, str]:
    """What each step of a series made: the content digest of its artifact, or its score."""
    found = {}
    for link in sorted((store / "series" / series).iterdir()):
        record = link / "recycler.json"
        if record.exists():
            entry = json.loads(record.read_text(encoding="utf-8"))
            score = link / "score.json"
            # A score's folder has logs with times in it.
            found[link.name] = (
                str(json.loads(score.read_text(encoding="utf-8"))["value"])
                if score.exists()
                else entry["digest"]
            )
    return found


def note_lost(notes: Path, devices: str) -> None:
    """The tools that used these devices are gone with their machine."""
    with (notes / "devices").open("a", encoding="utf-8") as log:
        log.write(f"{time.time_ns()} lost - {devices}\n")


def users(notes: Path) -> set[str]:
    """The devices that tools use now."""
    return set(_followed(notes)[1])


def overlaps(notes: Path) -> list[str]:
    """Pairs of tools that used one device at the same time."""
    return _followed(notes)[0]


def _followed(notes: Path) -> tuple[list[str], dict[str, str]]:
    events = []
    for line in (notes / "devices").read_text(encoding="utf-8").splitlines():
        when, what, process, devices = line.split()
        for device in devices.split(","):
            # Of one moment, ends come before beginnings.
            events.append((int(when), what == "begin", what, process, device))
    wrong, using = [], {}
    for when, _, what, process, device in sorted(events):
        if what == "begin":
            if device in using:
                wrong.append(f"GPU {device}: {using[device]} and {process} at {when}")
            using[device] = process
        elif what == "lost" or using.get(device) == process:
            using.pop(device, None)
    return wrong, using
