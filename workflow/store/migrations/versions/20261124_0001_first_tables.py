"""The first tables: definitions, occasions, tasks proof, work, journal and reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.store.engine import BigId, Json, UTCDateTime

revision = "20261124_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("tracked_from", sa.Date(), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("imported_by", sa.String(length=64), nullable=False),
        sa.Column("imported_at", UTCDateTime(), nullable=False),
        sa.Column("activated_by", sa.String(length=64), nullable=True),
        sa.Column("activated_at", UTCDateTime(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'ended')", name=op.f("ck_agreement_state")
        ),
        sa.CheckConstraint(
            "activated_by IS NULL OR activated_by <> imported_by",
            name=op.f("ck_agreement_second_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("code", name=op.f("uq_agreement_code")),
    )
    op.create_table(
        "day_overlay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(length=32), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_overlay")),
        sa.UniqueConstraint("calendar", "day_on", name=op.f("uq_day_overlay_calendar_day_on")),
    )
    op.create_table(
        "digest",
        sa.Column("id", BigId, nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("mail", "day_on", name=op.f("uq_digest_mail_day_on")),
        sa.UniqueConstraint("message_id", name=op.f("uq_digest_message_id")),
    )
    op.create_table(
        "evidence_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("stored_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence_file")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("beat_at", UTCDateTime(), nullable=False),
        sa.Column("detail", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("verb", sa.String(length=48), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("subject_id", BigId, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("transaction_id", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    op.create_index(
        "ix_journal_entry_agreement_at", "journal_entry", ["agreement_id", "at"], unique=False
    )
    op.create_index(
        "ix_journal_entry_subject", "journal_entry", ["subject", "subject_id"], unique=False
    )
    op.create_table(
        "journal_seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", UTCDateTime(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_seal")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.Column("lang", sa.String(length=2), server_default="vi", nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column(
            "is_password_temporary", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("disabled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("key", name=op.f("uq_person_key")),
    )
    op.create_table(
        "proof",
        sa.Column("identity", sa.String(length=255), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("replaced_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_proof")),
    )
    op.create_table(
        "selection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("members_of", sa.String(length=48), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection")),
        sa.UniqueConstraint(
            "agreement_id", "digest", name=op.f("uq_selection_agreement_id_digest")
        ),
    )
    op.create_table(
        "signin_failure",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin_failure")),
    )
    op.create_index(
        "ix_signin_failure_address_at", "signin_failure", ["address", "at"], unique=False
    )
    op.create_table(
        "succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("happens_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
        sa.UniqueConstraint("happens_on", "ground", name=op.f("uq_succession_happens_on_ground")),
    )
    op.create_table(
        "task",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("occasion_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("answerable_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), server_default="open", nullable=False),
        sa.Column("state_before", sa.String(length=9), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("report_by_on", sa.Date(), nullable=True),
        sa.Column("belongs_on", sa.Date(), nullable=False),
        sa.Column("planned_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("correction_on", sa.Date(), nullable=True),
        sa.Column("late_notice_on", sa.Date(), nullable=True),
        sa.Column("is_history", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("is_touched", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("cancel_cause", sa.String(length=10), nullable=True),
        sa.Column("merged_into_id", BigId, nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancel_cause IS NOT NULL)", name=op.f("ck_task_cancelled")
        ),
        sa.CheckConstraint(
            "cancel_cause IN ('unowed', 'ended', 'succession', 'merged', 'person')",
            name=op.f("ck_task_cancel_cause"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'submitted', 'in_review', 'accepted', 'returned', 'waived', 'suspended', 'cancelled')",
            name=op.f("ck_task_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("occasion_id", "unit_id", name=op.f("uq_task_occasion_id_unit_id")),
    )
    op.create_index(
        "ix_task_agreement_belongs", "task", ["agreement_id", "belongs_on"], unique=False
    )
    op.create_index(
        "ix_task_answerable_state_due", "task", ["answerable_id", "state", "due_on"], unique=False
    )
    op.create_index(
        "ix_task_merged_into",
        "task",
        ["merged_into_id"],
        unique=False,
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "ix_task_unowed",
        "task",
        ["unit_id"],
        unique=False,
        sqlite_where=sa.text("cancel_cause = 'unowed'"),
        postgresql_where=sa.text("cancel_cause = 'unowed'"),
    )
    op.create_index(
        "ix_task_unsettled_due",
        "task",
        ["due_on"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'returned')"),
        postgresql_where=sa.text("state IN ('open', 'returned')"),
    )
    op.create_table(
        "tick",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("scheduled_for", UTCDateTime(), nullable=False),
        sa.Column("served_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", "scheduled_for", name=op.f("pk_tick")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("tax_code", sa.String(length=16), nullable=True),
        sa.Column("budget_code", sa.String(length=16), nullable=True),
        sa.Column("paid_by", sa.String(length=64), nullable=True),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.CheckConstraint("closed_on > opened_on", name=op.f("ck_unit_life")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("key", name=op.f("uq_unit_key")),
    )
    op.create_table(
        "work",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column(
            "is_asked_again", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column("offered_at", UTCDateTime(), nullable=True),
        sa.Column("parked_at", UTCDateTime(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_work_kind_subject_id")),
    )
    op.create_index(
        "ix_work_offered",
        "work",
        ["offered_at"],
        unique=False,
        sqlite_where=sa.text("offered_at IS NOT NULL AND parked_at IS NULL"),
        postgresql_where=sa.text("offered_at IS NOT NULL AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_work_parked",
        "work",
        ["parked_at"],
        unique=False,
        sqlite_where=sa.text("parked_at IS NOT NULL"),
        postgresql_where=sa.text("parked_at IS NOT NULL"),
    )
    op.create_index(
        "ix_work_pending",
        "work",
        ["kind", "due_at"],
        unique=False,
        sqlite_where=sa.text("parked_at IS NULL"),
        postgresql_where=sa.text("parked_at IS NULL"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "scope IN ('read', 'write', 'calendar')", name=op.f("ck_api_token_scope")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_api_token_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index("ix_api_token_person", "api_token", ["person_id"], unique=False)
    op.create_table(
        "concession",
        sa.Column("id", BigId, nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("is_late", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decision", sa.String(length=7), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('granted', 'refused')", name=op.f("ck_concession_decision")
        ),
        sa.CheckConstraint(
            "kind IN ('extension', 'waiver', 'suspension')", name=op.f("ck_concession_kind")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by",
            name=op.f("ck_concession_another_person"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_concession_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concession")),
    )
    op.create_index("ix_concession_task", "concession", ["task_id"], unique=False)
    op.create_index(
        "uq_concession_open",
        "concession",
        ["task_id", "kind"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nature", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("convener_id", sa.Integer(), nullable=False),
        sa.Column("addressed_id", sa.Integer(), nullable=True),
        sa.Column("happens_on", sa.Date(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=64), server_default="", nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=True),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("place", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("nature IN ('meeting', 'request')", name=op.f("ck_event_nature")),
        sa.CheckConstraint("state IN ('held', 'cancelled')", name=op.f("ck_event_state")),
        sa.ForeignKeyConstraint(
            ["addressed_id"], ["unit.id"], name=op.f("fk_event_addressed_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["convener_id"], ["unit.id"], name=op.f("fk_event_convener_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(
        "uq_event_meeting",
        "event",
        ["convener_id", "happens_on", "kind", "number"],
        unique=True,
        sqlite_where=sa.text("uid IS NULL AND nature = 'meeting' AND state = 'held'"),
        postgresql_where=sa.text("uid IS NULL AND nature = 'meeting' AND state = 'held'"),
    )
    op.create_index(
        "uq_event_uid",
        "event",
        ["uid"],
        unique=True,
        sqlite_where=sa.text("uid IS NOT NULL"),
        postgresql_where=sa.text("uid IS NOT NULL"),
    )
    op.create_table(
        "evidence_item",
        sa.Column("id", BigId, nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("requirement", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("is_on_behalf", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("removed_by", sa.String(length=64), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("carried_from_id", BigId, nullable=True),
        sa.Column("outcome", sa.String(length=9), nullable=True),
        sa.Column("outcome_at", UTCDateTime(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("performed_on", sa.Date(), nullable=True),
        sa.Column("identity", sa.String(length=255), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('passed', 'failed', 'undecided')", name=op.f("ck_evidence_item_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["evidence_file.sha256"], name=op.f("fk_evidence_item_sha256_evidence_file")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_evidence_item_task_id_task")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_item")),
    )
    op.create_index("ix_evidence_item_identity", "evidence_item", ["identity"], unique=False)
    op.create_index("ix_evidence_item_sha256", "evidence_item", ["sha256"], unique=False)
    op.create_index("ix_evidence_item_task", "evidence_item", ["task_id"], unique=False)
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_figure_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
    )
    op.create_index("ix_figure_key_period", "figure", ["key", "period", "unit_id"], unique=False)
    op.create_table(
        "journal_sealed",
        sa.Column("entry_id", BigId, nullable=False),
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entry.id"],
            name=op.f("fk_journal_sealed_entry_id_journal_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["seal_id"], ["journal_seal.id"], name=op.f("fk_journal_sealed_seal_id_journal_seal")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_journal_sealed")),
        sa.UniqueConstraint("seal_id", "position", name=op.f("uq_journal_sealed_seal_id_position")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("selection_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(length=32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selection.id"], name=op.f("fk_member_selection_id_selection")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_member_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint(
            "selection_id",
            "unit_id",
            "from_on",
            "since_on",
            name=op.f("uq_member_selection_id_unit_id_from_on_since_on"),
        ),
    )
    op.create_index(
        "ix_member_selection_calendar", "member", ["selection_id", "calendar"], unique=False
    )
    op.create_table(
        "notice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("addressee", sa.String(length=254), nullable=False),
        sa.Column("for_due_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("digest_id", BigId, nullable=True),
        sa.Column("dropped_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digest.id"], name=op.f("fk_notice_digest_id_digest")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_notice_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "task_id",
            "step",
            "addressee",
            "for_due_on",
            name=op.f("uq_notice_task_id_step_addressee_for_due_on"),
        ),
    )
    op.create_index(
        "ix_notice_waiting",
        "notice",
        ["addressee"],
        unique=False,
        sqlite_where=sa.text("digest_id IS NULL AND dropped_at IS NULL"),
        postgresql_where=sa.text("digest_id IS NULL AND dropped_at IS NULL"),
    )
    op.create_table(
        "obligation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_obligation_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint("agreement_id", "code", name=op.f("uq_obligation_agreement_id_code")),
    )
    op.create_table(
        "pressed",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("pressed_on", sa.Date(), nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("change_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_pressed_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_pressed")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("cut_off", UTCDateTime(), nullable=False),
        sa.Column("as_of", UTCDateTime(), nullable=False),
        sa.Column("paragraphs", Json, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("drafted_by", sa.String(length=64), nullable=False),
        sa.Column("drafted_at", UTCDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("issued_by", sa.String(length=64), nullable=True),
        sa.Column("issued_at", UTCDateTime(), nullable=True),
        sa.Column("journal_head", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state <> 'issued' OR number IS NOT NULL", name=op.f("ck_report_numbered")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR approved_by IS NOT NULL", name=op.f("ck_report_approved")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'issued')", name=op.f("ck_report_state")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_report_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "agreement_id", "period", "edition", name=op.f("uq_report_agreement_id_period_edition")
        ),
    )
    op.create_index(
        "uq_report_number",
        "report",
        ["agreement_id", "number"],
        unique=True,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("party", sa.String(length=64), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "role IN ('administrator', 'reviewer', 'unit_officer', 'head_of_unit', 'leader', 'auditor')",
            name=op.f("ck_role_grant_role"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_role_grant_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_person", "role_grant", ["person_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index("ix_session_person", "session", ["person_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", BigId, nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_by", sa.String(length=64), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=64), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("is_automatic", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("says_nothing", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("counted_at", UTCDateTime(), nullable=False),
        sa.Column("referred_at", UTCDateTime(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=9), nullable=True),
        sa.Column("reasons", Json, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'returned', 'withdrawn', 'cancelled')",
            name=op.f("ck_submission_outcome"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_submission_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("task_id", "number", name=op.f("uq_submission_task_id_number")),
    )
    op.create_index(
        "ix_submission_review",
        "submission",
        ["review_due_on"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
        postgresql_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
    )
    op.create_index(
        "uq_submission_waiting",
        "submission",
        ["task_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "succession_link",
        sa.Column("succession_id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["unit.id"], name=op.f("fk_succession_link_predecessor_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["succession_id"],
            ["succession.id"],
            name=op.f("fk_succession_link_succession_id_succession"),
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["unit.id"], name=op.f("fk_succession_link_successor_id_unit")
        ),
        sa.PrimaryKeyConstraint(
            "succession_id", "predecessor_id", "successor_id", name=op.f("pk_succession_link")
        ),
    )
    op.create_table(
        "task_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("state_from", sa.String(length=9), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("due_on_from", sa.Date(), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("report_by_on", sa.Date(), nullable=True),
        sa.Column("belongs_on", sa.Date(), nullable=False),
        sa.Column("answerable_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("correction_on", sa.Date(), nullable=True),
        sa.Column("late_notice_on", sa.Date(), nullable=True),
        sa.Column("original_due_on_from", sa.Date(), nullable=True),
        sa.Column("report_by_on_from", sa.Date(), nullable=True),
        sa.Column("belongs_on_from", sa.Date(), nullable=False),
        sa.Column("late_notice_on_from", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'submitted', 'in_review', 'accepted', 'returned', 'waived', 'suspended', 'cancelled')",
            name=op.f("ck_task_change_state"),
        ),
        sa.ForeignKeyConstraint(
            ["answerable_id"], ["unit.id"], name=op.f("fk_task_change_answerable_id_unit")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_change_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_change")),
    )
    op.create_index("ix_task_change_at", "task_change", ["at"], unique=False)
    op.create_index("ix_task_change_task_at", "task_change", ["task_id", "at", "id"], unique=False)
    op.create_table(
        "unit_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=True),
        sa.Column("is_mandatory", sa.Boolean(), nullable=True),
        sa.Column("funds", sa.String(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "fact IN ('name', 'code', 'tag', 'parent', 'quota')", name=op.f("ck_unit_fact_fact")
        ),
        sa.CheckConstraint("until_on > from_on", name=op.f("ck_unit_fact_span")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_fact_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_fact")),
        sa.UniqueConstraint(
            "unit_id",
            "fact",
            "value",
            "from_on",
            name=op.f("uq_unit_fact_unit_id_fact_value_from_on"),
        ),
    )
    op.create_table(
        "allocation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("identity", sa.String(length=255), nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("requirement", sa.String(length=64), nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("allocated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_allocation_quantity")),
        sa.ForeignKeyConstraint(
            ["identity"], ["proof.identity"], name=op.f("fk_allocation_identity_proof")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_allocation_item_id_evidence_item")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_allocation_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint(
            "identity",
            "task_id",
            "requirement",
            name=op.f("uq_allocation_identity_task_id_requirement"),
        ),
    )
    op.create_index("ix_allocation_item", "allocation", ["item_id"], unique=False)
    op.create_index("ix_allocation_task", "allocation", ["task_id"], unique=False)
    op.create_table(
        "api_answer",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_api_answer_token_id_api_token")
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_api_answer")),
    )
    op.create_index("ix_api_answer_at", "api_answer", ["at"], unique=False)
    op.create_table(
        "doubt",
        sa.Column("id", BigId, nullable=False),
        sa.Column("task_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", Json, nullable=False),
        sa.Column("raised_by", sa.String(length=64), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("settlement", sa.String(length=8), nullable=True),
        sa.CheckConstraint("settlement IN ('kept', 'reopened')", name=op.f("ck_doubt_settlement")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_doubt_item_id_evidence_item")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_doubt_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt")),
    )
    op.create_index("ix_doubt_task", "doubt", ["task_id"], unique=False)
    op.create_index(
        "uq_doubt_open",
        "doubt",
        ["task_id", "kind", "item_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL AND item_id IS NOT NULL"),
        postgresql_where=sa.text("settled_at IS NULL AND item_id IS NOT NULL"),
    )
    op.create_table(
        "evidence_verdict",
        sa.Column("id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("check", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=9), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("read", Json, nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('passed', 'failed', 'undecided')", name=op.f("ck_evidence_verdict_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["evidence_item.id"],
            name=op.f("fk_evidence_verdict_item_id_evidence_item"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_verdict")),
    )
    op.create_index("ix_evidence_verdict_item", "evidence_verdict", ["item_id", "id"], unique=False)
    op.create_table(
        "obligation_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("trigger", sa.String(length=8), nullable=False),
        sa.Column("awaits", sa.String(length=64), nullable=True),
        sa.Column("definition", Json, nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "trigger IN ('once', 'every', 'day', 'event', 'after', 'when')",
            name=op.f("ck_obligation_version_trigger"),
        ),
        sa.CheckConstraint(
            "effective_until IS NULL OR effective_until > effective_from",
            name=op.f("ck_obligation_version_span"),
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
            name=op.f("fk_obligation_version_obligation_id_obligation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_version")),
    )
    op.create_index(
        "ix_obligation_version_awaits", "obligation_version", ["awaits", "trigger"], unique=False
    )
    op.create_index(
        "uq_obligation_version_live",
        "obligation_version",
        ["obligation_id", "effective_from"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "report_file",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_file_report_id_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "format", name=op.f("pk_report_file")),
    )
    op.create_table(
        "occasion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("only_unit_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("source_task_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("caused_at", UTCDateTime(), nullable=False),
        sa.Column("planned_digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "source IN ('schedule', 'event', 'acceptance', 'evaluation')",
            name=op.f("ck_occasion_source"),
        ),
        sa.CheckConstraint(
            "status IN ('owed', 'not_owed', 'cancelled')", name=op.f("ck_occasion_status")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_occasion_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_occasion_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_occasion_obligation_id_obligation")
        ),
        sa.ForeignKeyConstraint(
            ["only_unit_id"], ["unit.id"], name=op.f("fk_occasion_only_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["obligation_version.id"],
            name=op.f("fk_occasion_version_id_obligation_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasion")),
        sa.UniqueConstraint("obligation_id", "key", name=op.f("uq_occasion_obligation_id_key")),
    )
    op.create_index("ix_occasion_agreement", "occasion", ["agreement_id", "status"], unique=False)
    op.create_index("ix_occasion_event", "occasion", ["event_id"], unique=False)
    op.create_index("ix_occasion_source_task", "occasion", ["source_task_id"], unique=False)
    op.create_index("ix_occasion_version", "occasion", ["version_id", "anchor_on"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    """Drop every table."""
    op.drop_index("ix_occasion_version", table_name="occasion")
    op.drop_index("ix_occasion_source_task", table_name="occasion")
    op.drop_index("ix_occasion_event", table_name="occasion")
    op.drop_index("ix_occasion_agreement", table_name="occasion")
    op.drop_table("occasion")
    op.drop_table("report_file")
    op.drop_index(
        "uq_obligation_version_live",
        table_name="obligation_version",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_obligation_version_awaits", table_name="obligation_version")
    op.drop_table("obligation_version")
    op.drop_index("ix_evidence_verdict_item", table_name="evidence_verdict")
    op.drop_table("evidence_verdict")
    op.drop_index(
        "uq_doubt_open",
        table_name="doubt",
        sqlite_where=sa.text("settled_at IS NULL AND item_id IS NOT NULL"),
        postgresql_where=sa.text("settled_at IS NULL AND item_id IS NOT NULL"),
    )
    op.drop_index("ix_doubt_task", table_name="doubt")
    op.drop_table("doubt")
    op.drop_index("ix_api_answer_at", table_name="api_answer")
    op.drop_table("api_answer")
    op.drop_index("ix_allocation_task", table_name="allocation")
    op.drop_index("ix_allocation_item", table_name="allocation")
    op.drop_table("allocation")
    op.drop_table("unit_fact")
    op.drop_index("ix_task_change_task_at", table_name="task_change")
    op.drop_index("ix_task_change_at", table_name="task_change")
    op.drop_table("task_change")
    op.drop_table("succession_link")
    op.drop_index(
        "uq_submission_waiting",
        table_name="submission",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index(
        "ix_submission_review",
        table_name="submission",
        sqlite_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
        postgresql_where=sa.text("settled_at IS NULL AND referred_at IS NOT NULL"),
    )
    op.drop_table("submission")
    op.drop_index("ix_session_person", table_name="session")
    op.drop_table("session")
    op.drop_index("ix_role_grant_person", table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index(
        "uq_report_number",
        table_name="report",
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.drop_table("report")
    op.drop_table("pressed")
    op.drop_table("obligation")
    op.drop_index(
        "ix_notice_waiting",
        table_name="notice",
        sqlite_where=sa.text("digest_id IS NULL AND dropped_at IS NULL"),
        postgresql_where=sa.text("digest_id IS NULL AND dropped_at IS NULL"),
    )
    op.drop_table("notice")
    op.drop_index("ix_member_selection_calendar", table_name="member")
    op.drop_table("member")
    op.drop_table("journal_sealed")
    op.drop_index("ix_figure_key_period", table_name="figure")
    op.drop_table("figure")
    op.drop_index("ix_evidence_item_task", table_name="evidence_item")
    op.drop_index("ix_evidence_item_sha256", table_name="evidence_item")
    op.drop_index("ix_evidence_item_identity", table_name="evidence_item")
    op.drop_table("evidence_item")
    op.drop_index(
        "uq_event_uid",
        table_name="event",
        sqlite_where=sa.text("uid IS NOT NULL"),
        postgresql_where=sa.text("uid IS NOT NULL"),
    )
    op.drop_index(
        "uq_event_meeting",
        table_name="event",
        sqlite_where=sa.text("uid IS NULL AND nature = 'meeting' AND state = 'held'"),
        postgresql_where=sa.text("uid IS NULL AND nature = 'meeting' AND state = 'held'"),
    )
    op.drop_table("event")
    op.drop_index(
        "uq_concession_open",
        table_name="concession",
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index("ix_concession_task", table_name="concession")
    op.drop_table("concession")
    op.drop_index("ix_api_token_person", table_name="api_token")
    op.drop_table("api_token")
    op.drop_index(
        "ix_work_pending",
        table_name="work",
        sqlite_where=sa.text("parked_at IS NULL"),
        postgresql_where=sa.text("parked_at IS NULL"),
    )
    op.drop_index(
        "ix_work_parked",
        table_name="work",
        sqlite_where=sa.text("parked_at IS NOT NULL"),
        postgresql_where=sa.text("parked_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_work_offered",
        table_name="work",
        sqlite_where=sa.text("offered_at IS NOT NULL AND parked_at IS NULL"),
        postgresql_where=sa.text("offered_at IS NOT NULL AND parked_at IS NULL"),
    )
    op.drop_table("work")
    op.drop_table("unit")
    op.drop_table("tick")
    op.drop_index(
        "ix_task_unsettled_due",
        table_name="task",
        sqlite_where=sa.text("state IN ('open', 'returned')"),
        postgresql_where=sa.text("state IN ('open', 'returned')"),
    )
    op.drop_index(
        "ix_task_unowed",
        table_name="task",
        sqlite_where=sa.text("cancel_cause = 'unowed'"),
        postgresql_where=sa.text("cancel_cause = 'unowed'"),
    )
    op.drop_index(
        "ix_task_merged_into",
        table_name="task",
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.drop_index("ix_task_answerable_state_due", table_name="task")
    op.drop_index("ix_task_agreement_belongs", table_name="task")
    op.drop_table("task")
    op.drop_table("succession")
    op.drop_index("ix_signin_failure_address_at", table_name="signin_failure")
    op.drop_table("signin_failure")
    op.drop_table("selection")
    op.drop_table("proof")
    op.drop_table("person")
    op.drop_table("journal_seal")
    op.drop_index("ix_journal_entry_subject", table_name="journal_entry")
    op.drop_index("ix_journal_entry_agreement_at", table_name="journal_entry")
    op.drop_table("journal_entry")
    op.drop_table("heartbeat")
    op.drop_table("evidence_file")
    op.drop_table("digest")
    op.drop_table("day_overlay")
    op.drop_table("agreement")
    # ### end Alembic commands ###
