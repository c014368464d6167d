"""Examples that are made from schemas are what the schemas say."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from restai.app import documents
from restai.http.examples import example_of, id_of
from tests.support.contract import closed

Json = dict[str, Any]

COMPONENTS = closed(documents()["openapi.json"]["components"])
SCHEMAS: Json = COMPONENTS["schemas"]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_an_example_of_each_schema_is_valid(name: str) -> None:
    example = example_of({"$ref": f"#/components/schemas/{name}"}, SCHEMAS)
    validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": COMPONENTS})
    flaws = [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(example)]
    assert flaws == [], "give the field a value in KNOWN (restai/http/examples.py)"


def test_examples_tell_of_one_party() -> None:
    order = example_of({"$ref": "#/components/schemas/OrderView"}, SCHEMAS)
    session = example_of({"$ref": "#/components/schemas/SessionView"}, SCHEMAS)
    assert order["sessionId"] == session["id"] == id_of("session")
    assert order["subtotal"] + order["tax"] == order["total"]
    assert order["tableNumber"] == session["tableNumber"]


def test_the_same_schema_gives_the_same_example() -> None:
    schema = {"$ref": "#/components/schemas/MenuView"}
    assert example_of(schema, SCHEMAS) == example_of(schema, SCHEMAS)
