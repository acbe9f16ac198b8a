"""indexes of theories hold theories alone, those of questions questions

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'

THEORY = "type = 'theory'"


def upgrade() -> None:
    op.create_index('ix_posts_thread_id', 'posts', ['thread_id'])
    again('threads', "type = 'thread'", 'film_id', 'pinned DESC', 'active_at DESC', 'id')
    again('best', THEORY, 'thread_id', 'best DESC', 'id')
    again('hot', THEORY, 'thread_id', 'hot DESC', 'id')
    again('divisive', THEORY, 'thread_id', 'divisive DESC', 'id')
    placed_at = 'coalesce(published_at, created_at) DESC'
    again('new', THEORY, 'thread_id', placed_at, 'id DESC')
    some('division', f"{THEORY} AND state = 'published'", 'thread_id', 'blind', 'ups')
    some('held', "state = 'held'", 'author_id', 'id')
    latest = ['user_id', sa.text('created_at DESC'), 'film_id']
    op.create_index('ix_viewings_latest', 'viewings', latest)


def again(name: str, where: str, *columns: str) -> None:
    op.drop_index(f'ix_posts_{name}', table_name='posts')
    some(name, where, *columns)


def some(name: str, where: str, *columns: str) -> None:
    given = [sa.text(column) if ' ' in column else column for column in columns]
    condition = sa.text(where)
    op.create_index(
        f'ix_posts_{name}', 'posts', given, sqlite_where=condition, postgresql_where=condition
    )
