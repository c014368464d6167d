"""`restai spec`, and the documents that are kept in `protocol/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from restai.cli.spec.command import as_text, broken, documents, out_of_date, spec

PROTOCOL = Path(__file__).parents[2] / "protocol"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with the documents of a release, equal to what the code says."""
    spec(tmp_path, release=True)
    return tmp_path


def change(path: Path, version: str = "0.1.0") -> dict[str, Any]:
    """Rewrite a document so that it is of `version`, and had an operation which there is no more."""
    document = json.loads(path.read_text())
    document["info"]["version"] = version
    document["paths"]["/api/tips"] = {"get": {"operationId": "tips_all", "responses": {}}}
    path.write_text(as_text(document))
    return document


def test_the_kept_documents_are_what_the_code_says() -> None:
    assert out_of_date(PROTOCOL, documents()) == []


def test_nothing_of_the_last_release_is_broken() -> None:
    told = {name: json.loads(text) for name, text in documents().items()}
    assert broken(PROTOCOL / "released", told) == []


def test_both_documents_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec(tmp_path / "new")
    written = sorted((tmp_path / "new").iterdir())
    assert [path.name for path in written] == ["asyncapi.json", "openapi.json"]
    assert set(capsys.readouterr().out.splitlines()) == {str(path) for path in written}
    assert json.loads(written[1].read_text())["openapi"].startswith("3.1")


def test_a_check_of_what_is_in_order_is_silent(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        spec(kept, check=True)
    assert (end.value.code, capsys.readouterr().out) == (None, "")


def test_a_check_tells_what_is_out_of_date_and_writes_nothing(kept: Path) -> None:
    (kept / "openapi.json").write_text("{}")
    with pytest.raises(SystemExit, match=r"openapi\.json is out of date: run `make spec`"):
        spec(kept, check=True)
    assert (kept / "openapi.json").read_text() == "{}"


def test_a_check_tells_what_breaks_the_last_release(kept: Path) -> None:
    change(kept / "released" / "openapi.json")
    with pytest.raises(SystemExit, match="GET /api/tips: is gone"):
        spec(kept, check=True)


def test_a_version_that_says_so_may_break_it(kept: Path) -> None:
    change(kept / "released" / "openapi.json", version="0.0.9")
    with pytest.raises(SystemExit) as end:
        spec(kept, check=True)
    assert end.value.code is None


def test_a_release_is_what_later_ones_are_held_to(kept: Path) -> None:
    change(kept / "released" / "openapi.json")
    spec(kept, release=True)
    with pytest.raises(SystemExit) as end:
        spec(kept, check=True)
    assert end.value.code is None
