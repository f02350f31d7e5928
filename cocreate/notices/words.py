"""What a notice says, in one sentence, on the page, in a mail's subject and in a digest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cocreate import text
from cocreate.i18n import gettext, ngettext
from cocreate.ideas.models import Stage
from cocreate.labels import label
from cocreate.moderation.models import Reason

_DETAIL = 180


# Titles that stand in the first words of what was found.
_TITLES = 3


@dataclass(frozen=True)
class Finds:
    """New ideas for a saved search, as many of them as its owner may see today.

    `ideas` are (id, title) of the newest; `number` counts all, None once they are forgotten.
    """

    search_id: int
    words: str
    address: str
    by_mail: bool
    number: int | None
    ideas: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class News:
    """What one notice is about, as far as its reader may know it today."""

    id: int
    kind: str
    at: datetime
    is_read: bool
    idea_id: int | None
    # None where the reader may not see the idea (any more), or has ended the search.
    title: str | None
    # Whose idea, answer or comment it is about.
    name: str
    # Whether the reader wrote the comment that was ruled on.
    is_mine: bool = False
    # Whether a moderator has yet to read it.
    is_waiting: bool = False
    # None where there is no comment, or none that the reader may see.
    comment_id: int | None = None
    # The words in question, as Markdown: the comment, the answer, the moderator's words.
    body: str = ""
    from_stage: Stage | None = None
    to_stage: Stage | None = None
    reason: Reason | None = None
    # Where it is about a saved search and not about one idea.
    finds: Finds | None = None


def headline(news: News) -> str:
    """One sentence about what happened, in the current language."""
    if news.title is None:
        if news.kind == "search.found" and news.finds is None:
            return gettext("This was about a saved search that has ended.")
        return gettext("This was about something that is not public any more.")
    return _SENTENCES[news.kind](news)


def detail(news: News) -> str:
    """The first words of what was said about it; "" where nothing was."""
    if news.title is None:
        return ""
    if news.finds is not None:
        titles = [gettext("“%(title)s”", title=title) for _, title in news.finds.ideas[:_TITLES]]
        more = ["…"] if (news.finds.number or 0) > len(titles) else []
        return ", ".join([*titles, *more])
    said = text.excerpt(news.body, _DETAIL) if news.body else ""
    return ": ".join(filter(None, (str(label(news.reason)) if news.reason else "", said)))


def _waiting_idea(news: News) -> str:
    return gettext(
        "%(name)s proposed “%(title)s”; a moderator reads it first",
        name=news.name,
        title=news.title,
    )


def _approved_idea(news: News) -> str:
    return gettext("Your idea “%(title)s” is public now", title=news.title)


def _hidden_idea(news: News) -> str:
    return gettext("A moderator hid your idea “%(title)s”", title=news.title)


def _comment(news: News) -> str:
    if news.is_waiting:
        return gettext(
            "%(name)s commented on “%(title)s”; a moderator reads it first",
            name=news.name,
            title=news.title,
        )
    return gettext("%(name)s commented on “%(title)s”", name=news.name, title=news.title)


def _approved_comment(news: News) -> str:
    if news.is_mine:
        return gettext("Your comment on “%(title)s” is public now", title=news.title)
    return _comment(news)


def _hidden_comment(news: News) -> str:
    return gettext("A moderator hid your comment on “%(title)s”", title=news.title)


def _answer(news: News) -> str:
    if news.to_stage is None or news.from_stage == news.to_stage:
        return gettext("%(name)s answered “%(title)s”", name=news.name, title=news.title)
    return _MOVES[news.to_stage](news)


def _found(news: News) -> str:
    if news.finds is None or news.finds.number is None:
        return gettext("There were new ideas for your search “%(words)s”", words=news.title)
    return ngettext(
        "%(num)s new idea for your search “%(words)s”",
        "%(num)s new ideas for your search “%(words)s”",
        news.finds.number,
        words=news.title,
    )


_MOVES: dict[Stage, Callable[[News], str]] = {
    Stage.NEW: lambda one: gettext("“%(title)s” is open again", title=one.title),
    Stage.CONSIDERING: lambda one: gettext("“%(title)s” is being considered", title=one.title),
    Stage.PLANNED: lambda one: gettext("“%(title)s” is planned", title=one.title),
    Stage.BUILDING: lambda one: gettext("“%(title)s” is being built", title=one.title),
    Stage.SHIPPED: lambda one: gettext("“%(title)s” has been delivered", title=one.title),
    Stage.DECLINED: lambda one: gettext("“%(title)s” has been declined", title=one.title),
    Stage.PARKED: lambda one: gettext("“%(title)s” has been put off for now", title=one.title),
    Stage.MERGED: lambda one: gettext(
        "“%(title)s” has been joined with another idea", title=one.title
    ),
}

_SENTENCES: dict[str, Callable[[News], str]] = {
    "idea.submitted": _waiting_idea,
    "idea.approved": _approved_idea,
    "idea.hidden": _hidden_idea,
    "comment.written": _comment,
    "comment.approved": _approved_comment,
    "comment.hidden": _hidden_comment,
    "idea.answered": _answer,
    "search.found": _found,
}
