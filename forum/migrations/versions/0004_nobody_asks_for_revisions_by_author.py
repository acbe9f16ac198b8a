"""nobody asks for revisions by their author any more

Revision ID: 0004
Revises: 0003
"""

from alembic import op


revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.drop_index('ix_revisions_author_id', table_name='revisions')
