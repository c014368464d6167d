"""The limit: a program in C that sends one `send(2)` a delivery and does nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from bench import event

NAME = "C"

SOURCE = Path(__file__).with_suffix(".c")


def command(folder: Path) -> list[str] | None:
    """Compiles it into `folder`. None where no C compiler is found, or one that does not know this C."""
    program = folder / "limit"
    if not program.exists() and not _compile(program):
        return None
    return [str(program), event.text(event.FIRST_SEQ).decode()]


def _compile(program: Path) -> bool:
    compiler = shutil.which("cc")
    if compiler is None:
        return False
    done = subprocess.run([compiler, "-O2", "-o", program, SOURCE], capture_output=True, check=False)
    return done.returncode == 0
