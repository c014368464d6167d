"""The schema's history, one chain for SQLite and PostgreSQL; `runner.upgrade` goes along it.

After a change of models, with RESTAI_DATABASE_URL naming a scratch database:
`alembic upgrade head`, then `alembic revision --autogenerate --rev-id 0002 -m "what changes"`.
"""
