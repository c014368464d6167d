"""One answer to Prometheus for several processes on one port.

Who scrapes the port reaches one of them by chance. So each leaves its numbers in a file of a folder that all
share, and whoever is asked answers for all, each sample with its process's `pid`: sums are the asker's.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    _file(folder, pid).unlink(missing_ok=True)


def together(folder: Path) -> bytes:
    """What all have left, in the same format."""
    registry = CollectorRegistry()
    registry.register(_Left({file.stem: file.read_text() for file in sorted(folder.glob("*.prom"))}))
    return generate_latest(registry)


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
