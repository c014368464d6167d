"""The names of rooms, as they stand on the wire and on Redis channels."""


def branch(branch_id: str) -> str:
    return f"branch:{branch_id}"


def table(table_id: str) -> str:
    return f"table:{table_id}"


def session(session_id: str) -> str:
    return f"session:{session_id}"


def menu(branch_id: str) -> str:
    return f"menu:{branch_id}"
