"""Folders for what only a running server needs: in memory where there is room, out of a full disk's reach.

Figures are written through mapped memory, and on a full disk the kernel ends a process for that (SIGBUS). A model is
unpacked at each start, which a full disk must not keep Rasa from.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
PREFIX = "ketamine-faq-"


@contextlib.contextmanager
def scratch_folder(needed: int) -> Iterator[Path]:
    """Give an empty folder with room for so many bytes, and take it away at the end."""
    _take_away_what_the_killed_left()
    parent = IN_MEMORY if _has_room(needed) else None  # else where the system has such folders, by TMPDIR
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", dir=parent) as folder:
        yield Path(folder)


def _has_room(needed: int) -> bool:
    return os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free >= needed


def _take_away_what_the_killed_left() -> None:
    # It would hold memory until the machine starts again.
    for folder in IN_MEMORY.glob(f"{PREFIX}*-*"):
        if not Path("/proc", folder.name.removeprefix(PREFIX).partition("-")[0]).exists():
            shutil.rmtree(folder, ignore_errors=True)
