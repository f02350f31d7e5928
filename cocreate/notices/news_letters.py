"""Mails about ideas: one piece of news at once, or a day's news together."""

from collections.abc import Sequence

from cocreate import site
from cocreate.accounts.models import MailChoice, Member
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.i18n import gettext, ngettext
from cocreate.ideas.models import Stage
from cocreate.labels import label
from cocreate.notices import queries, tokens
from cocreate.notices.letters import Item, Letter, idea_url, url
from cocreate.notices.models import Watch
from cocreate.notices.words import Finds, News, detail, headline

# What watching an idea brings. Everything else is about someone's own words or duty.
_FOR_WATCHERS = ("comment.written", "comment.approved", "idea.answered")
_MOST_ITEMS = 50


def letter(event: Event, member: Member) -> Letter | None:
    """What the member is told of the event by mail, as things are now, in the current language.

    None where it should not be told any more: the idea or comment is not theirs
    to see, they want no mails, they stopped watching, or it has been settled.
    """
    if not member.is_open or member.mail_choice == MailChoice.NEVER:
        return None
    if event.kind == "digest.due":
        return _digest(event, member)
    news = queries.news_of(event.id, member)
    if news is None or news.title is None or news.idea_id is None:
        return None
    is_duty = event.kind == "idea.submitted" or (
        event.kind == "comment.written" and event.data.get("held")
    )
    if is_duty:
        # What a moderator was asked to read may have been read by another one.
        return _single(news, None, member) if news.is_waiting else None
    if event.kind not in _FOR_WATCHERS or news.is_mine:
        return _single(news, None, member)
    watch = db.session.get(Watch, (member.id, news.idea_id))
    return _single(news, watch, member) if watch and watch.stopped_at is None else None


def _single(news: News, watch: Watch | None, member: Member) -> Letter:
    """One piece of news; `watch` is why the member hears of it, None for their own matters."""
    because = label(watch.because) if watch else ""
    closing = [gettext("You hear of this because %(because)s.", because=because)] if watch else []
    words = headline(news)
    return Letter(
        subject=words,
        heading=words,
        lines=_lines(news),
        quote=news.body,
        quoted=_quoted(news),
        action=_action(news),
        closing=closing,
        stop=_stop(member, news.idea_id if watch else None),
        idea_id=news.idea_id,
    )


def _lines(news: News) -> list[str]:
    if news.kind.endswith(".hidden"):
        lines = [gettext("Reason: %(reason)s.", reason=label(news.reason))] if news.reason else []
        rules = gettext("You still see it; others do not. The house rules stand beside every form.")
        return [*lines, rules]
    if news.kind == "idea.approved":
        return [gettext("Everyone can see it now, support it and talk about it.")]
    if news.kind == "idea.answered" and news.from_stage != news.to_stage:
        return [_MOVED[news.to_stage]()] if news.to_stage in _MOVED else []
    return []


_MOVED = {
    Stage.CONSIDERING: lambda: gettext("The team is looking into it and will decide."),
    Stage.PLANNED: lambda: gettext("The team has decided to do it."),
    Stage.BUILDING: lambda: gettext("Work on it has begun."),
    Stage.SHIPPED: lambda: gettext("It is there to be used. Thank you for taking part."),
    Stage.DECLINED: lambda: gettext("The team will not do it. This is why:"),
    Stage.PARKED: lambda: gettext("The team will not do it for now, and may come back to it."),
}


def _quoted(news: News) -> str:
    if news.kind == "idea.answered":
        return gettext("%(name)s from the team writes", name=news.name)
    if news.kind.endswith(".hidden"):
        return gettext("The moderator writes")
    return gettext("%(name)s writes", name=news.name)


def _action(news: News) -> tuple[str, str]:
    idea = idea_url(news.idea_id or 0, news.title or "")
    if news.is_waiting:
        return gettext("Go to the queue"), url("/moderation")
    if news.comment_id is not None:
        return gettext("See the comment"), f"{idea}#comment-{news.comment_id}"
    return gettext("See the idea"), idea


def _stop(member: Member, idea_id: int | None) -> tuple[str, str]:
    words = (
        gettext("Stop writing to me about this idea")
        if idea_id
        else gettext("Stop writing to me about ideas")
    )
    return words, url(f"/unsubscribe/{tokens.stop_token(member.id, idea_id)}")


def _digest(event: Event, member: Member) -> Letter | None:
    # Whoever has turned the mails of a search off meanwhile is not told of it by this one.
    news = [
        one
        for one in queries.notices_in(event.id, member, _MOST_ITEMS + 1)
        if one.finds is None or one.finds.by_mail
    ]
    if not news:
        return None
    shown, more = news[:_MOST_ITEMS], len(news) - 1
    first = headline(news[0])
    subject = (
        ngettext("%(first)s, and %(num)s more", "%(first)s, and %(num)s more", more, first=first)
        if more
        else first
    )
    closing = [gettext("There is more on the page.")] if len(news) > _MOST_ITEMS else []
    return Letter(
        subject=subject,
        heading=gettext("What is new at %(portal)s", portal=site.load().name),
        items=[_item(one, member) for one in shown],
        action=(gettext("See all notices"), url("/notices")),
        closing=closing,
        stop=_stop_digest(shown, member),
    )


def _item(news: News, member: Member) -> Item:
    if news.finds is None:
        return Item(headline(news), detail(news), _action(news)[1])
    left = (news.finds.number or 0) - len(news.finds.ideas)
    more = ngettext("There is %(num)s more.", "There are %(num)s more.", left) if left > 0 else ""
    return Item(
        headline(news),
        more,
        url(news.finds.address),
        tuple((title, idea_url(idea_id, title)) for idea_id, title in news.finds.ideas),
        _stop_search(news.finds, member),
    )


def _stop_search(finds: Finds, member: Member) -> tuple[str, str]:
    token = tokens.stop_token(member.id, search_id=finds.search_id)
    return gettext("End this search"), url(f"/unsubscribe/{token}")


def _stop_digest(news: Sequence[News], member: Member) -> tuple[str, str]:
    """A mail that tells of one saved search and nothing else ends that; others all mails."""
    (first, *others) = news
    if first.finds is not None and not others:
        return _stop_search(first.finds, member)
    return _stop(member, None)
