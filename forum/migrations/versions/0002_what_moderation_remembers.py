"""what moderation remembers

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.add_column('refused_revisions', sa.Column('hold_reason', sa.String(length=10), nullable=True))
    op.add_column('reports', sa.Column('post_version', sa.Integer(), nullable=True))
    op.add_column('users', sa.Column('upheld_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE users SET upheld_at = (SELECT MAX(at) FROM decisions WHERE user_id = users.id"
        " AND reverted_by_id IS NULL AND act IN ('hide', 'remove', 'refuse', 'lock', 'retitle',"
        " 'purge', 'suspend', 'ban', 'ban_and_remove'))"
    )
    op.add_column(
        'site_texts', sa.Column('version', sa.Integer(), server_default='1', nullable=False)
    )
