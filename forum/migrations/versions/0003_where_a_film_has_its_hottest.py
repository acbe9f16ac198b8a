"""where a film has its hottest theories, who has written about it, and which need votes

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
    open_votes = 'CASE WHEN blind THEN 0 ELSE vote_count END'
    needy = sa.text(f"type = 'theory' AND state = 'published' AND {open_votes} < 10")
    op.create_index(
        'ix_posts_needy', 'posts', ['thread_id', sa.text(f'({open_votes})'), 'id'],
        sqlite_where=needy, postgresql_where=needy,
    )
