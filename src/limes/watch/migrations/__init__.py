"""How the store's tables came to be, step by step; alembic runs what a database has not had yet."""
