"""`restai spec`, and the documents that are kept in `protocol/`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from restai.cli.spec import documents, spec

PROTOCOL = Path(__file__).parents[2] / "protocol"


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_the_kept_document_is_what_the_code_says(name: str) -> None:
    kept = (PROTOCOL / name).read_text(encoding="utf-8")
    assert kept == documents()[name], f"protocol/{name} is out of date: run `make spec` and commit it"


def test_both_documents_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec(tmp_path / "new")
    written = sorted((tmp_path / "new").iterdir())
    assert [path.name for path in written] == ["asyncapi.json", "openapi.json"]
    assert set(capsys.readouterr().out.splitlines()) == {str(path) for path in written}
    assert json.loads(written[1].read_text())["openapi"].startswith("3.1")
