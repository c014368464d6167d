"""What must be so, whatever happens: each check is pure, and tells in words what was not."""
