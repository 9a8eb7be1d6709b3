"""What accounts, instructions, webhooks and kept figures need; only additions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.store.engine import BigId, Json, UTCDateTime

revision = "20261124_0002"
down_revision = "20261124_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "event_words",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_event_words")),
    )
    op.create_table(
        "kept_cell",
        sa.Column("period_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("obligation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answerable_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("done_on_time", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("done_late", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("awaiting", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("not_done_in_time", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("no_due_day", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("suspended", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("waived", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("history", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("awaiting_past_due", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("overdue_0", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("overdue_1", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("overdue_2", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("overdue_3", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("carried_over", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(
            "period_id",
            "unit_id",
            "obligation_id",
            "answerable_id",
            "version_id",
            name=op.f("pk_kept_cell"),
        ),
    )
    with op.batch_alter_table("kept_cell", schema=None) as batch_op:
        batch_op.create_index(
            "ix_kept_cell_period_answerable", ["period_id", "answerable_id"], unique=False
        )
        batch_op.create_index(
            "ix_kept_cell_period_obligation", ["period_id", "obligation_id"], unique=False
        )

    op.create_table(
        "kept_duty",
        sa.Column("period_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("obligation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("units_owing", sa.Integer(), nullable=False),
        sa.Column("units_met", sa.Integer(), nullable=False),
        sa.Column("done_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("awaiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_done_in_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("no_due_day", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waived", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("history", sa.Integer(), server_default="0", nullable=False),
        sa.Column("awaiting_past_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_0", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_1", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_2", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_3", sa.Integer(), server_default="0", nullable=False),
        sa.Column("carried_over", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("period_id", "obligation_id", "party", name=op.f("pk_kept_duty")),
    )
    op.create_table(
        "kept_touch",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("answerable_id", sa.Integer(), nullable=False),
        sa.Column("belongs_on", sa.Date(), nullable=False),
        sa.Column("is_taken", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_touch")),
    )
    with op.batch_alter_table("kept_touch", schema=None) as batch_op:
        batch_op.create_index("ix_kept_touch_agreement", ["agreement_id"], unique=False)

    op.create_table(
        "kept_unit",
        sa.Column("period_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("party", sa.String(length=64), server_default="", nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("done_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("awaiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_done_in_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("no_due_day", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waived", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("history", sa.Integer(), server_default="0", nullable=False),
        sa.Column("awaiting_past_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_0", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_1", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_2", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_3", sa.Integer(), server_default="0", nullable=False),
        sa.Column("carried_over", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("period_id", "unit_id", name=op.f("pk_kept_unit")),
    )
    op.create_table(
        "password_reset",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
    )
    with op.batch_alter_table("password_reset", schema=None) as batch_op:
        batch_op.create_index("ix_password_reset_address", ["address", "asked_at"], unique=False)
        batch_op.create_index("ix_password_reset_key", ["key", "asked_at"], unique=False)

    op.create_table(
        "refusal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=128), nullable=False),
        sa.Column("place", sa.String(length=128), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.Column("untold", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
        sa.UniqueConstraint("by", "what", "place", name=op.f("uq_refusal_by_what_place")),
    )
    with op.batch_alter_table("refusal", schema=None) as batch_op:
        batch_op.create_index("ix_refusal_by_told", ["by", "told_at"], unique=False)

    op.create_table(
        "agreement_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_agreement_source_agreement_id_agreement"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["evidence_file.sha256"],
            name=op.f("fk_agreement_source_sha256_evidence_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_source")),
    )
    with op.batch_alter_table("agreement_source", schema=None) as batch_op:
        batch_op.create_index("ix_agreement_source_agreement_id", ["agreement_id"], unique=False)

    op.create_table(
        "figures_kept",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=False),
        sa.Column("told_from", sa.String(length=128), server_default="", nullable=False),
        sa.Column("reports_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_figures_kept_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_figures_kept")),
    )
    op.create_table(
        "kept_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("lag_us", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_kept_period_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_period")),
        sa.UniqueConstraint("agreement_id", "key", name=op.f("uq_kept_period_agreement_id_key")),
    )
    op.create_table(
        "letterhead",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("words", Json, nullable=True),
        sa.Column("template_name", sa.String(length=255), nullable=True),
        sa.Column("template_sha256", sa.String(length=64), nullable=True),
        sa.Column("template_size", BigId, nullable=True),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_letterhead_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_letterhead")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index("ix_recovery_code_person", ["person_id"], unique=False)

    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=255), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("events", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_until", UTCDateTime(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("paused_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("told_seal", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("rests_until", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_webhook_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_webhook_owner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_message",
        sa.Column("id", BigId, nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=36), nullable=False),
        sa.Column("entry_id", BigId, nullable=True),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", UTCDateTime(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(length=48), nullable=True),
        sa.Column("delivered_at", UTCDateTime(), nullable=True),
        sa.Column("parked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_message_webhook_id_webhook")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_message_name")),
        sa.UniqueConstraint(
            "webhook_id", "entry_id", name=op.f("uq_webhook_message_webhook_id_entry_id")
        ),
    )
    with op.batch_alter_table("webhook_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_message_due",
            ["webhook_id", "next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.create_index("ix_webhook_message_latest", ["webhook_id", "id"], unique=False)

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_half", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("wrong_codes", sa.Integer(), server_default="0", nullable=False)
        )

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_due", ["due_on", "id"], unique=False)

    # ### end Alembic commands ###


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_due")

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("wrong_codes")
        batch_op.drop_column("is_half")

    with op.batch_alter_table("webhook_message", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_message_latest")
        batch_op.drop_index(
            "ix_webhook_message_due",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.drop_table("webhook_message")
    op.drop_table("webhook")
    op.drop_table("second_factor")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index("ix_recovery_code_person")

    op.drop_table("recovery_code")
    op.drop_table("letterhead")
    op.drop_table("kept_period")
    op.drop_table("figures_kept")
    with op.batch_alter_table("agreement_source", schema=None) as batch_op:
        batch_op.drop_index("ix_agreement_source_agreement_id")

    op.drop_table("agreement_source")
    with op.batch_alter_table("refusal", schema=None) as batch_op:
        batch_op.drop_index("ix_refusal_by_told")

    op.drop_table("refusal")
    with op.batch_alter_table("password_reset", schema=None) as batch_op:
        batch_op.drop_index("ix_password_reset_key")
        batch_op.drop_index("ix_password_reset_address")

    op.drop_table("password_reset")
    op.drop_table("kept_unit")
    with op.batch_alter_table("kept_touch", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_touch_agreement")

    op.drop_table("kept_touch")
    op.drop_table("kept_duty")
    with op.batch_alter_table("kept_cell", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_cell_period_obligation")
        batch_op.drop_index("ix_kept_cell_period_answerable")

    op.drop_table("kept_cell")
    op.drop_table("event_words")
    # ### end Alembic commands ###
