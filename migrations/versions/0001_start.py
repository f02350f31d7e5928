"""The portal as it began: everything from members to imports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("descriptions", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("key", name=op.f("uq_areas_key")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=508), nullable=True),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("mail_choice", sa.String(20), nullable=False),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_count", sa.Integer(), nullable=False),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        sa.Column("claim_key", sa.String(length=508), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("email_key", name=op.f("uq_members_email_key")),
        sa.UniqueConstraint("name_key", name=op.f("uq_members_name_key")),
    )
    op.create_index("ix_members_claim_key", "members", ["claim_key"], unique=False)
    op.create_table(
        "site_settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_settings")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
    )
    op.create_table(
        "ideas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.String(length=300), nullable=False),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("vote_count", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("imported_support", sa.Integer(), nullable=True),
        sa.Column("imported_against", sa.Integer(), nullable=True),
        sa.Column("fair_score", sa.Double(), nullable=False),
        sa.Column("is_score_due", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("talked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_ideas_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name=op.f("fk_ideas_author_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["members.id"], name=op.f("fk_ideas_owner_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ideas")),
    )
    op.create_index(
        "ix_ideas_area_fair_score",
        "ideas",
        ["area_id", "visibility", "fair_score", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_area_published_at",
        "ideas",
        ["area_id", "visibility", "published_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_area_talked_at",
        "ideas",
        ["area_id", "visibility", "talked_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_area_vote_count",
        "ideas",
        ["area_id", "visibility", "vote_count", "id"],
        unique=False,
    )
    op.create_index("ix_ideas_author", "ideas", ["author_id", "visibility", "id"], unique=False)
    op.create_index(
        "ix_ideas_fair_score", "ideas", ["visibility", "fair_score", "id"], unique=False
    )
    op.create_index("ix_ideas_held", "ideas", ["visibility", "created_at", "id"], unique=False)
    op.create_index(
        "ix_ideas_published_at", "ideas", ["visibility", "published_at", "id"], unique=False
    )
    op.create_index(
        "ix_ideas_stage_fair_score",
        "ideas",
        ["stage", "visibility", "fair_score", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_stage_published_at",
        "ideas",
        ["stage", "visibility", "published_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_stage_stage_at", "ideas", ["stage", "visibility", "stage_at", "id"], unique=False
    )
    op.create_index(
        "ix_ideas_stage_talked_at",
        "ideas",
        ["stage", "visibility", "talked_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_stage_vote_count",
        "ideas",
        ["stage", "visibility", "vote_count", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_score_due",
        "ideas",
        ["id"],
        unique=False,
        sqlite_where=sa.text("is_score_due"),
        postgresql_where=sa.text("is_score_due"),
    )
    op.create_index("ix_ideas_talked_at", "ideas", ["visibility", "talked_at", "id"], unique=False)
    op.create_index(
        "ix_ideas_vote_count", "ideas", ["visibility", "vote_count", "id"], unique=False
    )
    op.create_index("ux_ideas_form_key", "ideas", ["author_id", "form_key"], unique=True)
    op.create_table(
        "import_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("is_dry", sa.Boolean(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_import_runs_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )
    op.create_table(
        "member_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_member_sessions_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_member_sessions_token_hash")),
    )
    op.create_index(
        op.f("ix_member_sessions_expires_at"), "member_sessions", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_member_sessions_member_id"), "member_sessions", ["member_id"], unique=False
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("from_stage", sa.String(20), nullable=False),
        sa.Column("to_stage", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name=op.f("fk_answers_author_id_members")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_answers_idea_id_ideas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_idea", "answers", ["idea_id", "id"], unique=False)
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name=op.f("fk_comments_author_id_members")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_comments_idea_id_ideas")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comments.id"], name=op.f("fk_comments_parent_id_comments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(
        "ix_comments_author", "comments", ["author_id", "visibility", "id"], unique=False
    )
    op.create_index(
        "ix_comments_held", "comments", ["visibility", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_comments_idea",
        "comments",
        ["idea_id", "parent_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "idea_tags",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_tags_idea_id_ideas")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_idea_tags_tag_id_tags")),
        sa.PrimaryKeyConstraint("idea_id", "tag_id", name=op.f("pk_idea_tags")),
    )
    op.create_index("ix_idea_tags_tag", "idea_tags", ["tag_id", "idea_id"], unique=False)
    op.create_table(
        "votes",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_votes_idea_id_ideas")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_votes_member_id_members")
        ),
        sa.PrimaryKeyConstraint("member_id", "idea_id", name=op.f("pk_votes")),
    )
    op.create_index("ix_votes_idea", "votes", ["idea_id", "member_id"], unique=False)
    op.create_table(
        "watches",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_watches_idea_id_ideas")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_watches_member_id_members")
        ),
        sa.PrimaryKeyConstraint("member_id", "idea_id", name=op.f("pk_watches")),
    )
    op.create_index("ix_watches_idea", "watches", ["idea_id", "member_id"], unique=False)
    op.create_table(
        "wordings",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["editor_id"], ["members.id"], name=op.f("fk_wordings_editor_id_members")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_wordings_idea_id_ideas")),
        sa.PrimaryKeyConstraint("idea_id", "number", name=op.f("pk_wordings")),
    )
    op.create_table(
        "comment_wordings",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_comment_wordings_comment_id_comments")
        ),
        sa.PrimaryKeyConstraint("comment_id", "number", name=op.f("pk_comment_wordings")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["members.id"], name=op.f("fk_events_actor_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_events_comment_id_comments")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_events_idea_id_ideas")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_events_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_actor", "events", ["actor_id", "kind", "created_at"], unique=False)
    op.create_index("ix_events_idea", "events", ["idea_id", "id"], unique=False)
    op.create_table(
        "origins",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_origins_comment_id_comments")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_origins_idea_id_ideas")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_origins_member_id_members")
        ),
        sa.PrimaryKeyConstraint("source", "kind", "external_id", name=op.f("pk_origins")),
    )
    op.create_index("ix_origins_idea", "origins", ["idea_id"], unique=False)
    op.create_index("ix_origins_comment", "origins", ["comment_id"], unique=False)
    op.create_index("ix_origins_member", "origins", ["member_id"], unique=False)
    op.create_table(
        "rulings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(20), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("from_visibility", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_rulings_comment_id_comments")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_rulings_idea_id_ideas")),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["members.id"], name=op.f("fk_rulings_moderator_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
    )
    op.create_index("ix_rulings_comment", "rulings", ["comment_id", "id"], unique=False)
    op.create_index("ix_rulings_created", "rulings", ["created_at", "reason"], unique=False)
    op.create_index("ix_rulings_idea", "rulings", ["idea_id", "id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("consumer", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["consumer", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_failed",
        "deliveries",
        ["failed_at"],
        unique=False,
        sqlite_where=sa.text("failed_at IS NOT NULL"),
        postgresql_where=sa.text("failed_at IS NOT NULL"),
    )
    op.create_index(
        "ux_deliveries", "deliveries", ["event_id", "consumer", "member_id"], unique=True
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_for_digest", sa.Boolean(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_notices_comment_id_comments")
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["events.id"], name=op.f("fk_notices_digest_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_notices_event_id_events")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_notices_idea_id_ideas")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_notices_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("event_id", "member_id", name=op.f("uq_notices_event_id_member_id")),
    )
    op.create_index("ix_notices_digest", "notices", ["digest_id"], unique=False)
    op.create_index("ix_notices_member", "notices", ["member_id", "id"], unique=False)
    op.create_index(
        "ix_notices_undigested",
        "notices",
        ["member_id", "id"],
        unique=False,
        sqlite_where=sa.text("is_for_digest"),
        postgresql_where=sa.text("is_for_digest"),
    )
    op.create_index(
        "ix_notices_unread",
        "notices",
        ["member_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_notices_unread",
        table_name="notices",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_index(
        "ix_notices_undigested",
        table_name="notices",
        sqlite_where=sa.text("is_for_digest"),
        postgresql_where=sa.text("is_for_digest"),
    )
    op.drop_index("ix_notices_member", table_name="notices")
    op.drop_index("ix_notices_digest", table_name="notices")
    op.drop_table("notices")
    op.drop_index("ux_deliveries", table_name="deliveries")
    op.drop_index(
        "ix_deliveries_failed",
        table_name="deliveries",
        sqlite_where=sa.text("failed_at IS NOT NULL"),
        postgresql_where=sa.text("failed_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_deliveries_due",
        table_name="deliveries",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("deliveries")
    op.drop_index("ix_rulings_idea", table_name="rulings")
    op.drop_index("ix_rulings_comment", table_name="rulings")
    op.drop_table("rulings")
    op.drop_index("ix_origins_member", table_name="origins")
    op.drop_index("ix_origins_comment", table_name="origins")
    op.drop_index("ix_origins_idea", table_name="origins")
    op.drop_table("origins")
    op.drop_index("ix_events_idea", table_name="events")
    op.drop_index("ix_events_actor", table_name="events")
    op.drop_table("events")
    op.drop_table("comment_wordings")
    op.drop_table("wordings")
    op.drop_index("ix_watches_idea", table_name="watches")
    op.drop_table("watches")
    op.drop_index("ix_votes_idea", table_name="votes")
    op.drop_table("votes")
    op.drop_index("ix_idea_tags_tag", table_name="idea_tags")
    op.drop_table("idea_tags")
    op.drop_index("ix_comments_idea", table_name="comments")
    op.drop_index("ix_comments_held", table_name="comments")
    op.drop_index("ix_comments_author", table_name="comments")
    op.drop_table("comments")
    op.drop_index("ix_answers_idea", table_name="answers")
    op.drop_table("answers")
    op.drop_index(op.f("ix_member_sessions_member_id"), table_name="member_sessions")
    op.drop_index(op.f("ix_member_sessions_expires_at"), table_name="member_sessions")
    op.drop_table("member_sessions")
    op.drop_table("import_runs")
    op.drop_index("ix_ideas_vote_count", table_name="ideas")
    op.drop_index("ix_ideas_talked_at", table_name="ideas")
    op.drop_index(
        "ix_ideas_score_due",
        table_name="ideas",
        sqlite_where=sa.text("is_score_due"),
        postgresql_where=sa.text("is_score_due"),
    )
    op.drop_index("ux_ideas_form_key", table_name="ideas")
    op.drop_index("ix_ideas_stage_vote_count", table_name="ideas")
    op.drop_index("ix_ideas_stage_talked_at", table_name="ideas")
    op.drop_index("ix_ideas_stage_stage_at", table_name="ideas")
    op.drop_index("ix_ideas_stage_published_at", table_name="ideas")
    op.drop_index("ix_ideas_stage_fair_score", table_name="ideas")
    op.drop_index("ix_ideas_published_at", table_name="ideas")
    op.drop_index("ix_ideas_held", table_name="ideas")
    op.drop_index("ix_ideas_fair_score", table_name="ideas")
    op.drop_index("ix_ideas_author", table_name="ideas")
    op.drop_index("ix_ideas_area_vote_count", table_name="ideas")
    op.drop_index("ix_ideas_area_talked_at", table_name="ideas")
    op.drop_index("ix_ideas_area_published_at", table_name="ideas")
    op.drop_index("ix_ideas_area_fair_score", table_name="ideas")
    op.drop_table("ideas")
    op.drop_table("tags")
    op.drop_table("site_settings")
    op.drop_index("ix_members_claim_key", table_name="members")
    op.drop_table("members")
    op.drop_table("areas")
