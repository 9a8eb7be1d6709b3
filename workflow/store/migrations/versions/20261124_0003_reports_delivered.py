"""What issuing, delivering and explaining reports needs; only additions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.store.engine import BigId, Json, UTCDateTime

revision = "20261124_0003"
down_revision = "20261124_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "past",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("said", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past")),
    )
    with op.batch_alter_table("past", schema=None) as batch_op:
        batch_op.create_index("ix_past_kind_until", ["kind", "until_at"], unique=False)

    op.create_table(
        "coverage_proof",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("as_of", UTCDateTime(), nullable=False),
        sa.Column("proved_at", UTCDateTime(), nullable=False),
        sa.Column("said", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_coverage_proof_agreement_id_agreement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_proof")),
    )
    with op.batch_alter_table("coverage_proof", schema=None) as batch_op:
        batch_op.create_index(
            "ix_coverage_proof_agreement", ["agreement_id", "as_of"], unique=False
        )

    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("as_of", UTCDateTime(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("drawn_by", sa.String(length=64), nullable=False),
        sa.Column("drawn_at", UTCDateTime(), nullable=False),
        sa.Column("numbered_by", sa.String(length=64), nullable=True),
        sa.Column("numbered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_letter_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_letter_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index("ix_letter_number", ["agreement_id", "number"], unique=False)
        batch_op.create_index("ix_letter_run", ["run_id", "id"], unique=False)
        batch_op.create_index("ix_letter_unit", ["unit_id", "id"], unique=False)

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
    op.create_table(
        "report_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.Column("lang", sa.String(length=2), server_default="vi", nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(role IS NULL) <> (mail IS NULL)", name=op.f("ck_report_recipient_either")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_report_recipient_agreement_id_agreement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_recipient")),
    )
    with op.batch_alter_table("report_recipient", schema=None) as batch_op:
        batch_op.create_index("ix_report_recipient_agreement", ["agreement_id"], unique=False)

    op.create_table(
        "report_schedule",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(length=8), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("time", sa.String(length=5), nullable=True),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_report_schedule_agreement_id_agreement"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_report_schedule")),
    )
    op.create_table(
        "report_series",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=8), nullable=False),
        sa.Column("span", sa.String(length=16), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_report_series_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "issuer", "span", name=op.f("pk_report_series")),
    )
    op.create_table(
        "report_term",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_report_term_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "starts_on", name=op.f("pk_report_term")),
    )
    op.create_table(
        "letter_file",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_file_letter_id_letter")
        ),
        sa.PrimaryKeyConstraint("letter_id", "format", name=op.f("pk_letter_file")),
    )
    op.create_table(
        "letter_task",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_task_letter_id_letter")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_letter_task_task_id_task")),
        sa.PrimaryKeyConstraint("letter_id", "task_id", name=op.f("pk_letter_task")),
    )
    with op.batch_alter_table("letter_task", schema=None) as batch_op:
        batch_op.create_index("ix_letter_task_task", ["task_id"], unique=False)

    op.create_table(
        "past_concession",
        sa.Column("id", BigId, nullable=False),
        sa.Column("concession_id", BigId, nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["concession_id"],
            ["concession.id"],
            name=op.f("fk_past_concession_concession_id_concession"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_past_concession_task_id_task")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_concession")),
    )
    with op.batch_alter_table("past_concession", schema=None) as batch_op:
        batch_op.create_index("ix_past_concession", ["concession_id", "until_at"], unique=False)
        batch_op.create_index("ix_past_concession_task", ["task_id"], unique=False)

    op.create_table(
        "past_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("happens_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_past_event_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_event")),
    )
    with op.batch_alter_table("past_event", schema=None) as batch_op:
        batch_op.create_index("ix_past_event", ["event_id", "until_at"], unique=False)

    op.create_table(
        "report_comment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_comment_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_comment")),
    )
    with op.batch_alter_table("report_comment", schema=None) as batch_op:
        batch_op.create_index("ix_report_comment_report", ["report_id"], unique=False)

    op.create_table(
        "report_delivery",
        sa.Column("id", BigId, nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("sent_sha256", sa.String(length=64), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("received_at", UTCDateTime(), nullable=True),
        sa.Column("received_by", sa.String(length=300), nullable=True),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.Column("failed_at", UTCDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('issued', 'signed', 'withdrawn')", name=op.f("ck_report_delivery_kind")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_delivery_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_delivery")),
        sa.UniqueConstraint(
            "report_id",
            "kind",
            "scan_id",
            "mail",
            name=op.f("uq_report_delivery_report_id_kind_scan_id_mail"),
        ),
    )
    op.create_table(
        "report_number",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=8), nullable=False),
        sa.Column("span", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_report_number_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_number_report_id_report")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_number")),
        sa.UniqueConstraint(
            "agreement_id",
            "issuer",
            "span",
            "key",
            name=op.f("uq_report_number_agreement_id_issuer_span_key"),
        ),
    )
    op.create_table(
        "report_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("attached_by", sa.String(length=64), nullable=False),
        sa.Column("attached_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_scan_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_scan")),
    )
    with op.batch_alter_table("report_scan", schema=None) as batch_op:
        batch_op.create_index("ix_report_scan_report", ["report_id"], unique=False)

    op.create_table(
        "report_withdrawal",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_for", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_withdrawal_report_id_report")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_withdrawal")),
    )
    op.create_table(
        "past_occasion",
        sa.Column("id", BigId, nullable=False),
        sa.Column("occasion_id", sa.Integer(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("caused_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasion.id"], name=op.f("fk_past_occasion_occasion_id_occasion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_occasion")),
    )
    with op.batch_alter_table("past_occasion", schema=None) as batch_op:
        batch_op.create_index("ix_past_occasion", ["occasion_id", "until_at"], unique=False)

    with op.batch_alter_table("evidence_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("carried_at", UTCDateTime(), nullable=True))

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("uq_report_number"), sqlite_where=sa.text("number IS NOT NULL")
        )

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_submission_review"),
            sqlite_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_submission_review",
            ["review_due_on", "id"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
            postgresql_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
        )

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_due"))
        batch_op.drop_index(
            batch_op.f("ix_task_unsettled_due"),
            sqlite_where=sa.text("state IN ('open', 'returned')"),
        )
        batch_op.create_index(
            "ix_task_handed_on",
            ["unit_id"],
            unique=False,
            sqlite_where=sa.text("answerable_id <> unit_id"),
            postgresql_where=sa.text("answerable_id <> unit_id"),
        )
        batch_op.create_index("ix_task_state_due", ["state", "due_on", "id"], unique=False)

    with op.batch_alter_table("task_change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_history", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("is_history_from", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("version_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version_id_from", sa.Integer(), nullable=True))

    # ### end Alembic commands ###


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("task_change", schema=None) as batch_op:
        batch_op.drop_column("version_id_from")
        batch_op.drop_column("version_id")
        batch_op.drop_column("is_history_from")
        batch_op.drop_column("is_history")

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_state_due")
        batch_op.drop_index(
            "ix_task_handed_on",
            sqlite_where=sa.text("answerable_id <> unit_id"),
            postgresql_where=sa.text("answerable_id <> unit_id"),
        )
        batch_op.create_index(
            batch_op.f("ix_task_unsettled_due"),
            ["due_on"],
            unique=False,
            sqlite_where=sa.text("state IN ('open', 'returned')"),
        )
        batch_op.create_index(batch_op.f("ix_task_due"), ["due_on", "id"], unique=False)

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_submission_review",
            sqlite_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
            postgresql_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_submission_review"),
            ["review_due_on"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
        )

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("uq_report_number"),
            ["agreement_id", "number"],
            unique=1,
            sqlite_where=sa.text("number IS NOT NULL"),
        )

    with op.batch_alter_table("evidence_item", schema=None) as batch_op:
        batch_op.drop_column("carried_at")

    with op.batch_alter_table("past_occasion", schema=None) as batch_op:
        batch_op.drop_index("ix_past_occasion")

    op.drop_table("past_occasion")
    op.drop_table("report_withdrawal")
    with op.batch_alter_table("report_scan", schema=None) as batch_op:
        batch_op.drop_index("ix_report_scan_report")

    op.drop_table("report_scan")
    op.drop_table("report_number")
    op.drop_table("report_delivery")
    with op.batch_alter_table("report_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_report_comment_report")

    op.drop_table("report_comment")
    with op.batch_alter_table("past_event", schema=None) as batch_op:
        batch_op.drop_index("ix_past_event")

    op.drop_table("past_event")
    with op.batch_alter_table("past_concession", schema=None) as batch_op:
        batch_op.drop_index("ix_past_concession_task")
        batch_op.drop_index("ix_past_concession")

    op.drop_table("past_concession")
    with op.batch_alter_table("letter_task", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_task_task")

    op.drop_table("letter_task")
    op.drop_table("letter_file")
    op.drop_table("report_term")
    op.drop_table("report_series")
    op.drop_table("report_schedule")
    with op.batch_alter_table("report_recipient", schema=None) as batch_op:
        batch_op.drop_index("ix_report_recipient_agreement")

    op.drop_table("report_recipient")
    op.drop_table("preference")
    with op.batch_alter_table("owner_letter", schema=None) as batch_op:
        batch_op.drop_index("ix_owner_letter_at")

    op.drop_table("owner_letter")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_unit")
        batch_op.drop_index("ix_letter_run")
        batch_op.drop_index("ix_letter_number")

    op.drop_table("letter")
    with op.batch_alter_table("coverage_proof", schema=None) as batch_op:
        batch_op.drop_index("ix_coverage_proof_agreement")

    op.drop_table("coverage_proof")
    with op.batch_alter_table("past", schema=None) as batch_op:
        batch_op.drop_index("ix_past_kind_until")

    op.drop_table("past")
    # ### end Alembic commands ###
