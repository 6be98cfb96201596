"""The tables: one schema for SQLite and PostgreSQL.

``fact`` is the truth and append-only; ``case_`` holds the present state; everything else is a projection of facts
(work, due, call, message, incident, petition), a dated row (person, membership, absence) or a receipt. Instants are
microseconds in UTC (see duban.store.instants), days ISO text, structured values JSON text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

REVISION = "0002"
"""The newest migration; a database of another revision is brought here by ``store.migrate()`` or refused."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = BigInteger().with_variant(Integer(), "sqlite")
"""An id: SQLite counts only an INTEGER PRIMARY KEY by itself."""


def _of_case(*, primary: bool = False, optional: bool = False) -> Column[int]:
    """Make a column that names a case."""
    return Column("case_id", Key, ForeignKey("case_.id"), primary_key=primary, nullable=optional)


def _where(name: str | None, column: str, condition: str) -> Index:
    """Make an index over the rows of which *condition* is true."""
    return Index(name, column, sqlite_where=text(condition), postgresql_where=text(condition))


def _where_set(column: str) -> Index:
    """Make an index over the rows that have *column*: it costs nothing on the many that do not."""
    return _where(None, column, f"{column} IS NOT NULL")


definition = Table(
    "definition",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

definition_file = Table(
    "definition_file",
    metadata,
    Column("definition", Text, ForeignKey("definition.digest"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

case_ = Table(
    "case_",
    metadata,
    Column("id", Key, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("definition", Text, ForeignKey("definition.digest"), nullable=False),
    Column("parent", Key, ForeignKey("case_.id")),
    Column("parent_task", Integer),
    Column("family", Key),
    Column("version", Integer, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("moved_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("end_events", Text),
    Column("missed", Boolean, nullable=False),  # a named deadline has passed: fired dues may have to be cleared
    Column("facts", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    # last, so that reading the other columns never walks its overflow pages on SQLite
    Column("state", LargeBinary, nullable=False),
    _where_set("parent"),
    _where("ix_case__open", "kind", "ended_at IS NULL"),
)

case_key = Table(  # of a case that a message began: by which key it is found, and what it watches
    "case_key",
    metadata,
    _of_case(primary=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("open_key", Text, unique=True),  # kind and key while it is open: of each there is one
    Column("host", Text),  # the parent's activity that it watches
    Column("host_scope", Text),
    Column("over_at", BigInteger),  # that activity is over
    Column("completed", Boolean, nullable=False),
)

shield = Table(  # cases that only few may see (art. 30): a table of its own, for they are rare and lists are long
    "shield",
    metadata,
    _of_case(primary=True),
    Column("kind", Text, nullable=False),  # whose seen_by says who
)

fact = Table(
    "fact",
    metadata,
    Column("seq", Key, primary_key=True),
    _of_case(),
    Column("n", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("noticed_at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("prev", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("case_id", "n"),
)

petition = Table(
    "petition",
    metadata,
    _of_case(primary=True),
    Column("channel", Text, nullable=False),
    Column("external_id", Text),
    Column("received_at", BigInteger, nullable=False),
    Column("petitioner", Text, nullable=False),
    Column("ask", Text, nullable=False),
    Column("matter", Text),
    Column("nature", Text),
    Column("weight", Text),
    Column("unit", Text),
    Column("supervising", Text),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("repeat_of", Key, ForeignKey("case_.id")),
    Column("repeat_n", Integer, nullable=False),
    Column("final", Boolean, nullable=False, server_default=false()),  # 条例 36: the same facts are not accepted again
    Index(None, "received_at"),
    Index(None, "unit", "status"),
    _where_set("repeat_of"),
)

work = Table(
    "work",
    metadata,
    _of_case(primary=True),
    Column("task", Integer, primary_key=True, autoincrement=False),
    Column("element", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit", Text),
    Column("person", Text),
    Column("form", Text),
    Column("excluded", Text),  # ids of people who may not do it
    Column("opened_at", BigInteger, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_at", BigInteger),
    Index(None, "role", "unit"),
    _where_set("person"),
    _where_set("claimed_by"),
    sqlite_with_rowid=False,
)

due = Table(
    "due",
    metadata,
    _of_case(primary=True),
    Column("task", Integer, primary_key=True, autoincrement=False),
    Column("element", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("attached", Text),
    Column("at", BigInteger, nullable=False),
    Column("name", Text),
    Column("warning", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("interrupting", Boolean, nullable=False),
    Column("holder", Text),
    Column("held_until", BigInteger),
    Column("fired_at", BigInteger),  # set: a named deadline that passed while its activity goes on (overdue)
    _where("ix_due_running", "at", "fired_at IS NULL"),
    _where("ix_due_passed", "at", "fired_at IS NOT NULL"),
    _where_set("held_until"),
    sqlite_with_rowid=False,
)

call = Table(
    "call",
    metadata,
    _of_case(primary=True),
    Column("task", Integer, primary_key=True, autoincrement=False),
    Column("element", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger),  # null: given up
    Column("status", Text, nullable=False),
    Column("holder", Text),
    Column("error", Text),
    Column("wanted_at", BigInteger, nullable=False),
    Index(None, "next_at"),
    sqlite_with_rowid=False,
)

message = Table(
    "message",
    metadata,
    Column("id", Text, primary_key=True),
    _of_case(),
    Column("task", Integer, nullable=False),
    Column("element", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("correlation", Text, nullable=False),
    Column("thrown_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger),  # null: given up
    Column("status", Text, nullable=False),
    Column("holder", Text),
    Column("error", Text),
    Column("version", Integer, nullable=False, server_default="0"),  # of its case, when it was thrown
    Column("position", Integer, nullable=False, server_default="0"),  # in that step
    Column("host", Text),  # the activity beside which it was thrown
    Column("over_at", BigInteger),  # that activity is over
    Column("completed", Boolean, nullable=False, server_default=true()),
    Index(None, "next_at"),
    Index(None, "case_id"),
)

delivered = Table(
    "delivered",
    metadata,
    _of_case(primary=True),
    Column("message", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

incident = Table(
    "incident",
    metadata,
    _of_case(primary=True),
    Column("task", Integer, primary_key=True, autoincrement=False),
    Column("element", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

text_ = Table(
    "text",
    metadata,
    Column("id", Key, primary_key=True),
    _of_case(optional=True),
    Column("words", Text),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("purged_at", BigInteger),
    Column("purged_by", Text),
    Column("purged_why", Text),
    Index(None, "case_id"),
)

intake = Table(
    "intake",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    _of_case(),
    Column("repeat_of", Text),
    Column("at", BigInteger, nullable=False),
    Index(None, "case_id"),
)

likeness = Table(
    "likeness",
    metadata,
    Column("fingerprint", BigInteger, primary_key=True, autoincrement=False),
    _of_case(primary=True),
    Index(None, "case_id"),
    sqlite_with_rowid=False,
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("person", Text, ForeignKey("person.id"), primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("since", Text, primary_key=True),
    Column("until", Text),
    Index(None, "role", "unit"),
)

absence = Table(
    "absence",
    metadata,
    Column("person", Text, ForeignKey("person.id"), primary_key=True),
    Column("since", Text, primary_key=True),
    Column("until", Text, nullable=False),
    Column("substitute", Text, ForeignKey("person.id")),
    Column("why", Text, nullable=False),
)

party = Table(
    "party",
    metadata,
    _of_case(primary=True),
    Column("n", SmallInteger, primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("document", Text),
    Column("address", Text),
    Column("key", Text),
    _where_set("key"),
)

letter = Table(
    "letter",
    metadata,
    _of_case(primary=True),
    Column("key", Text, primary_key=True),
    Column("letter", Text, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("issued_at", BigInteger),  # null: only the number is reserved
)

sent = Table(
    "sent",
    metadata,
    Column("key", Text, primary_key=True),
    Column("way", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "at"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("name", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)
