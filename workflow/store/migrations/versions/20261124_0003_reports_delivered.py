"""What issuing, delivering and explaining reports needs; only additions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.store.engine import BigId, UTCDateTime

revision = "20261124_0003"
down_revision = "20261124_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "owner_letter",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_owner_letter_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_letter")),
    )
    with op.batch_alter_table("owner_letter", schema=None) as batch_op:
        batch_op.create_index("ix_owner_letter_at", ["at"], unique=False)

    op.create_table(
        "preference",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("keys", sa.String(length=8), nullable=False),
        sa.Column("reminders", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_preference_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("preference")
    with op.batch_alter_table("owner_letter", schema=None) as batch_op:
        batch_op.drop_index("ix_owner_letter_at")

    op.drop_table("owner_letter")
    # ### end Alembic commands ###
