"""One answer to Prometheus for several processes on one port.

Who scrapes the port reaches one of them by chance. So each leaves its numbers in a file of a folder that all
share, and whoever is asked answers for all, each sample with its process's `pid`: sums are the asker's.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector


def write(folder: Path, pid: int, text: bytes) -> None:
    """Leave a process's numbers, in Prometheus' text format; nobody reads half of them."""
    draft = folder / f"{pid}.draft"
    draft.write_bytes(text)
    draft.replace(_file(folder, pid))


def remove(folder: Path, pid: int) -> None:
    """A process is no more."""
    with suppress(OSError):  # then its last numbers stay until the folder goes
        _file(folder, pid).unlink()


def together(folder: Path, pid: int, text: bytes) -> bytes:
    """What the others have left and what this process would leave now, in the same format."""
    left = {file.stem: _read(file) for file in folder.glob("*.prom")} | {str(pid): text.decode()}
    registry = CollectorRegistry()
    registry.register(_Left(dict(sorted(left.items()))))
    return generate_latest(registry)


def _read(file: Path) -> str:
    """Nothing, of one that cannot be read: its process may have ended since it was listed."""
    try:
        return file.read_text()
    except OSError:
        return ""


def _file(folder: Path, pid: int) -> Path:
    return folder / f"{pid}.prom"


class _Left(Collector):
    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        for pid, text in self._texts.items():
            for found in text_string_to_metric_families(text):
                family = families.setdefault(found.name, Metric(found.name, found.documentation, found.type))
                for sample in found.samples:
                    family.samples.append(sample._replace(labels={"pid": pid, **sample.labels}))
        return families.values()
