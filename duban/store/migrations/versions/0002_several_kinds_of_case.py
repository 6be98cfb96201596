"""Several kinds of case: whom a message reaches, what a case watches, who is kept from a piece of work."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_key",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("open_key", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("host_scope", sa.Text(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_case_key_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_key"),
        sa.UniqueConstraint("open_key", name="uq_case_key_open_key"),
    )
    op.create_index(
        "ix_case__open",
        "case_",
        ["kind"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "shield",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name="fk_shield_case_id_case_"),
        sa.PrimaryKeyConstraint("case_id", name="pk_shield"),
    )
    op.add_column("work", sa.Column("excluded", sa.Text(), nullable=True))
    op.add_column("petition", sa.Column("final", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("message", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("message", sa.Column("host", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("over_at", sa.BigInteger(), nullable=True))
    op.add_column("message", sa.Column("completed", sa.Boolean(), nullable=False, server_default=sa.true()))
    _order()


def _order() -> None:
    """Give messages that are on their way the order that stands in their id: ``case/version.position``."""
    message = sa.table("message", sa.column("id"), sa.column("version"), sa.column("position"))
    for (id_,) in op.get_bind().execute(sa.select(message.c.id)).all():
        version, _, position = id_.partition("/")[2].partition(".")
        told = {"version": int(version), "position": int(position)}
        op.execute(sa.update(message).where(message.c.id == id_).values(told))
