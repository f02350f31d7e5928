"""Members choose whether single keys act; discarded drafts wait a day before they go."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "members",
        sa.Column("has_keys", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column("ideas", sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ideas_discarded",
        "ideas",
        ["discarded_at"],
        sqlite_where=sa.text("discarded_at IS NOT NULL"),
        postgresql_where=sa.text("discarded_at IS NOT NULL"),
    )


def downgrade() -> None:
    # What was thrown away must not come back as a draft.
    op.execute(
        "DELETE FROM idea_tags WHERE idea_id IN"
        " (SELECT id FROM ideas WHERE discarded_at IS NOT NULL AND visibility = 'draft')"
    )
    op.execute("DELETE FROM ideas WHERE discarded_at IS NOT NULL AND visibility = 'draft'")
    op.drop_index("ix_ideas_discarded", "ideas")
    op.drop_column("ideas", "discarded_at")
    op.drop_column("members", "has_keys")
