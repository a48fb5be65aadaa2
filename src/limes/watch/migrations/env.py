"""How alembic reaches the store: through the connection that `limes.watch.store` hands over."""

from __future__ import annotations

from alembic import context

from limes.watch.store import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
