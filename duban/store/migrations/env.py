"""Alembic's door: migrations run on the connection and in the transaction that duban.store.versions hands over."""

from alembic import context

from duban.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
