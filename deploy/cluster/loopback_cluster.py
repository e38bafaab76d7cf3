"""Runs a real cluster on loopback, breaks it in the middle of a series, and checks what comes out."""

import sys

from loopback.main import main

if __name__ == "__main__":
    sys.exit(main())
