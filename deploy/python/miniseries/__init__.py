"""The parts of the tiny base-model release series; `mini_series.py` is the command line."""
