"""Every mechanism that can be taken away still stands where it is taken away, and so do the tests."""

from __future__ import annotations

import re

import pytest

from tests.system.mutations import MUTATIONS, ROOT, Mutation, mutated


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.mechanism)
def test_a_mutation_fits_and_names_tests_that_there_are(mutation: Mutation) -> None:
    whole = (ROOT / "src" / mutation.file).read_text()
    compile(mutated(whole, mutation), mutation.file, "exec")
    assert mutation.tests
    for test in mutation.tests:
        file, _, name = test.partition("::")
        text = (ROOT / file).read_text()
        assert not name or re.search(rf"def {re.escape(name.partition('[')[0])}\(", text), test
