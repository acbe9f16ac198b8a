"""films have moderators

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    op.create_table(
        'film_moderators',
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('film_id', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['film_id'], ['films.id'], name=op.f('fk_film_moderators_film_id')
        ),
        sa.ForeignKeyConstraint(
            ['user_id'], ['users.id'], name=op.f('fk_film_moderators_user_id')
        ),
        sa.PrimaryKeyConstraint('user_id', 'film_id', name=op.f('pk_film_moderators')),
    )
    op.create_index('ix_film_moderators_film_id', 'film_moderators', ['film_id'])
