"""A logo of the portal's own; how long ideas wait for an answer, quick to read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "logo_pictures",
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("size", sa.String(length=8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", "size", name=op.f("pk_logo_pictures")),
    )
    op.create_index(
        "ix_ideas_answered", "ideas", ["visibility", "answered_at", "published_at", "stage"]
    )


def downgrade() -> None:
    op.drop_index("ix_ideas_answered", "ideas")
    op.drop_table("logo_pictures")
    # Its pictures are gone.
    op.execute("DELETE FROM site_settings WHERE name = 'logo'")
