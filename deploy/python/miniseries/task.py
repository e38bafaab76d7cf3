"""The lm-evaluation-harness task over the held-out problems."""

import json
from pathlib import Path

NAME = "word_problems"
FILE = f"tasks/{NAME}.yaml"
GLOB_CHARACTERS = "*?[]"  # the data set loader takes its path for a pattern


def task_yaml(test_data: Path) -> str:
    """The task's YAML; the score is `exact_match,final-answer`."""
    return f"""\
task: {NAME}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {json.dumps(str(test_data), ensure_ascii=False)}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{result}}}}"
generation_kwargs:
  until: ["\\n"]
  max_gen_toks: 24
  do_sample: false
filter_list:
  - name: final-answer
    filter:
      - function: regex
        regex_pattern: "#### (-?[0-9]+)"
      - function: take_first
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1
"""
