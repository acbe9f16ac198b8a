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
