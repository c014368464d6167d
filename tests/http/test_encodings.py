"""Answers that go over mobile data are as small as who asks can take them."""

from __future__ import annotations

import gzip

import pytest
from fastapi import Request, Response

from restai.http.encodings import accepted, zipped


def asking(header: str) -> Request:
    return Request({"type": "http", "headers": [(b"accept-encoding", header.encode())]})


@pytest.mark.parametrize(
    ("header", "encodings"),
    [
        ("gzip, deflate, br", {"gzip", "deflate", "br"}),
        ("br;q=0, gzip;q=0.5", {"gzip"}),
        ("br;q=0.00,identity", {"identity"}),
    ],
)
def test_what_is_named_and_not_refused_is_taken(header: str, encodings: set[str]) -> None:
    assert accepted(asking(header)) == encodings


def test_a_long_answer_is_compressed_and_a_short_one_is_not() -> None:
    long, short = (
        Response(b"menu " * 1_000, 200, {"Cache-Control": "no-store"}, "application/json"),
        Response(b"{}"),
    )
    smaller = zipped(asking("gzip"), long)
    assert gzip.decompress(bytes(smaller.body)) == long.body
    assert smaller.headers["content-encoding"] == "gzip"
    assert smaller.headers["content-length"] == str(len(smaller.body))
    assert (smaller.headers["cache-control"], smaller.headers["content-type"]) == (
        "no-store",
        "application/json",
    )
    for answer in (smaller, zipped(asking("identity"), long), zipped(asking("gzip"), short)):
        assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in zipped(asking("identity"), long).headers
    assert "content-encoding" not in zipped(asking("gzip"), short).headers
