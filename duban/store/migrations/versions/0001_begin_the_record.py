"""Begin the record."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# The journal is append-only: not even the house may change or delete a fact.
APPEND_ONLY = {
    "sqlite": (
        """CREATE TRIGGER fact_is_never_changed BEFORE UPDATE ON fact
           BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END""",
        """CREATE TRIGGER fact_is_never_deleted BEFORE DELETE ON fact
           BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION facts_stay() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'facts are never changed or deleted'; END $$""",
        """CREATE TRIGGER fact_is_never_changed BEFORE UPDATE OR DELETE ON fact
           FOR EACH ROW EXECUTE FUNCTION facts_stay()""",
        """CREATE TRIGGER fact_is_never_emptied BEFORE TRUNCATE ON fact
           FOR EACH STATEMENT EXECUTE FUNCTION facts_stay()""",
    ),
}


def index_where(name: str, table: str, column: str, condition: str) -> None:
    """Index the rows of which *condition* is true."""
    op.create_index(name, table, [column], sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))


def upgrade() -> None:
    op.create_table(
        "definition",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_definition"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "sent",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sent"),
    )
    op.create_index("ix_sent_at", "sent", ["at"])
    op.create_table(
        "series",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_series"),
    )
    op.create_table(
        "absence",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("substitute", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_absence_person_person"),
        sa.ForeignKeyConstraint(["substitute"], ["person.id"], name="fk_absence_substitute_person"),
        sa.PrimaryKeyConstraint("person", "since", name="pk_absence"),
    )
    op.create_table(
        "case_",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("parent", KEY, nullable=True),
        sa.Column("parent_task", sa.Integer(), nullable=True),
        sa.Column("family", KEY, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("end_events", sa.Text(), nullable=True),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["definition"], ["definition.digest"], name="fk_case__definition_definition"),
        sa.ForeignKeyConstraint(["parent"], ["case_.id"], name="fk_case__parent_case_"),
        sa.PrimaryKeyConstraint("id", name="pk_case_"),
        sa.UniqueConstraint("number", name="uq_case__number"),
    )
    index_where("ix_case__parent", "case_", "parent", "parent IS NOT NULL")
    op.create_table(
        "definition_file",
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["definition"], ["definition.digest"], name="fk_definition_file_definition_definition"),
        sa.PrimaryKeyConstraint("definition", "name", name="pk_definition_file"),
    )
    op.create_table(
        "membership",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_membership_person_person"),
        sa.PrimaryKeyConstraint("person", "unit", "role", "since", name="pk_membership"),
    )
    op.create_index("ix_membership_role_unit", "membership", ["role", "unit"])
    op.create_table(
        "call",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("task", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("wanted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_call_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", "task", name="pk_call"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_call_next_at", "call", ["next_at"])
    op.create_table(
        "delivered",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_delivered_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", "message", name="pk_delivered"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "due",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("task", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("attached", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("warning", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("interrupting", sa.Boolean(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("fired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_due_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", "task", name="pk_due"),
        sqlite_with_rowid=False,
    )
    index_where("ix_due_held_until", "due", "held_until", "held_until IS NOT NULL")
    index_where("ix_due_passed", "due", "at", "fired_at IS NOT NULL")
    index_where("ix_due_running", "due", "at", "fired_at IS NULL")
    op.create_table(
        "fact",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_fact_case_id_case_"),
        sa.PrimaryKeyConstraint("seq", name="pk_fact"),
        sa.UniqueConstraint("case_id", "n", name="uq_fact_case_id_n"),
    )
    op.create_table(
        "incident",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("task", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_incident_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", "task", name="pk_incident"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "intake",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("repeat_of", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_intake_case_id_case_"),
        sa.PrimaryKeyConstraint("channel", "external_id", name="pk_intake"),
    )
    op.create_index("ix_intake_case_id", "intake", ["case_id"])
    op.create_table(
        "letter",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_letter_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", "key", name="pk_letter"),
        sa.UniqueConstraint("number", name="uq_letter_number"),
    )
    op.create_table(
        "likeness",
        sa.Column("fingerprint", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_likeness_case_id_case_"),
        sa.PrimaryKeyConstraint("fingerprint", "case_id", name="pk_likeness"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_likeness_case_id", "likeness", ["case_id"])
    op.create_table(
        "message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("task", sa.Integer(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=False),
        sa.Column("thrown_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_message_case_id_case_"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_case_id", "message", ["case_id"])
    op.create_index("ix_message_next_at", "message", ["next_at"])
    op.create_table(
        "party",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("n", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_party_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", "n", name="pk_party"),
    )
    index_where("ix_party_key", "party", "key", "key IS NOT NULL")
    op.create_table(
        "petition",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("petitioner", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("weight", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("supervising", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("repeat_of", KEY, nullable=True),
        sa.Column("repeat_n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_petition_case_id_case_"),
        sa.ForeignKeyConstraint(["repeat_of"], ["case_.id"], name="fk_petition_repeat_of_case_"),
        sa.PrimaryKeyConstraint("case_id", name="pk_petition"),
    )
    op.create_index("ix_petition_received_at", "petition", ["received_at"])
    index_where("ix_petition_repeat_of", "petition", "repeat_of", "repeat_of IS NOT NULL")
    op.create_index("ix_petition_unit_status", "petition", ["unit", "status"])
    op.create_table(
        "text",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.BigInteger(), nullable=True),
        sa.Column("purged_by", sa.Text(), nullable=True),
        sa.Column("purged_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_text_case_id_case_"),
        sa.PrimaryKeyConstraint("id", name="pk_text"),
    )
    op.create_index("ix_text_case_id", "text", ["case_id"])
    op.create_table(
        "work",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("task", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_work_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", "task", name="pk_work"),
        sqlite_with_rowid=False,
    )
    index_where("ix_work_claimed_by", "work", "claimed_by", "claimed_by IS NOT NULL")
    index_where("ix_work_person", "work", "person", "person IS NOT NULL")
    op.create_index("ix_work_role_unit", "work", ["role", "unit"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
