"""The OpenAPI document: what FastAPI knows of the routes, and what it cannot know.

A route's summary is the first sentence of its docstring; its errors are those that `raises` says of it
and of what it depends on, and those that follow from its having parameters or a body.
"""

from restai.http.openapi.document import ABOUT, complete, operation_id, operations
from restai.http.openapi.shapes import RESPONSES, SCHEMAS, let_grow, plain

__all__ = [
    "ABOUT",
    "RESPONSES",
    "SCHEMAS",
    "complete",
    "let_grow",
    "operation_id",
    "operations",
    "plain",
]
