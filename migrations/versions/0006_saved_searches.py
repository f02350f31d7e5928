"""Saved searches, and the new ideas that were found for them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("narrowed", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_saved_searches_member_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_saved_searches_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("member_id", "key", name=op.f("uq_saved_searches_member_id_key")),
    )
    op.create_index("ix_saved_searches_ended", "saved_searches", ["ended_at"], unique=False)
    op.create_table(
        "found_ideas",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_searches.id"],
            name=op.f("fk_found_ideas_search_id_saved_searches"),
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_found_ideas_idea_id_ideas")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_found_ideas_event_id_events")
        ),
        sa.PrimaryKeyConstraint("search_id", "idea_id", name=op.f("pk_found_ideas")),
    )
    op.create_index("ix_found_ideas_event", "found_ideas", ["event_id", "idea_id"], unique=False)
    op.create_index("ix_found_ideas_found", "found_ideas", ["found_at"], unique=False)


def downgrade() -> None:
    op.drop_table("found_ideas")
    op.drop_table("saved_searches")
