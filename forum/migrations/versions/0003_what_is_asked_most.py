"""what is asked most is found by an index

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.drop_index('ix_posts_film', table_name='posts')
    op.create_index('ix_posts_film', 'posts', ['film_id', 'type', sa.text('hot DESC'), 'id'])
    op.create_index('ix_posts_author_film', 'posts', ['author_id', 'film_id'])
    op.create_index('ix_revisions_author_id', 'revisions', ['author_id', 'at'])
    is_open = sa.text('closed_at IS NULL')
    op.create_index(
        'ix_cases_waiting', 'cases', ['film_id', 'opened_at'],
        sqlite_where=is_open, postgresql_where=is_open,
    )
    open_votes = 'CASE WHEN blind THEN 0 ELSE vote_count END'
    needy = sa.text(f"type = 'theory' AND state = 'published' AND {open_votes} < 10")
    op.create_index(
        'ix_posts_needy', 'posts', ['thread_id', sa.text(f'({open_votes})'), 'id'],
        sqlite_where=needy, postgresql_where=needy,
    )
