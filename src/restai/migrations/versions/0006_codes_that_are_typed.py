"""Tables' codes without letters that are taken for digits; what was printed before is read as the new one."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"

MISTAKEN = {"S": "5", "B": "8", "Z": "2"}


def upgrade() -> None:
    tables = sa.table("tables", sa.column("code", sa.String))
    code: sa.ColumnElement[str] = tables.c.code
    for letter, digit in MISTAKEN.items():
        code = sa.func.replace(code, letter, digit)
    op.execute(tables.update().values(code=code))
