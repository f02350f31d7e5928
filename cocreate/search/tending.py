"""What the staff makes of what people look for: synonyms, redirects, tags, popular searches."""

import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote

from sqlalchemy import func, select

from cocreate import clock, events, permits, text
from cocreate.accounts.models import Member
from cocreate.dialects import insert_or_ignore
from cocreate.errors import Closed, Invalid
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import MOST_TAGS, TAG_LENGTH, Area, Idea, Tag, tag_name
from cocreate.ideas.queries import area_by_key, areas, listed, listed_among, tags_of
from cocreate.ideas.tags import set_tags
from cocreate.search import analysis, asking, pasted, synonyms
from cocreate.search.folding import fold
from cocreate.search.wanted import AskedQuestion, Redirect, Synonym

LENGTH = 80
# As many words as a question looks up together.
MOST_WORDS = 3
MOST_REDIRECTS = 500
# Ideas that get a tag at once; a search that should find more lacks a synonym.
MOST_TAGGED = 20


def add_synonym(
    actor: Member, *, words: str, means: str, language: str, is_both_ways: bool
) -> Synonym:
    """Let `words` find what `means` finds, from the next question on.

    `language` says whose forms of them count, "" is every one. Raises NotAllowed, Invalid
    for what cannot be looked for or is there already, Closed where there are too many.
    """
    permits.require(actor, "search.tend")
    if language and language not in LANGUAGES:
        raise Invalid("language", _("Choose one of the languages."))
    words, means = _few_words("asked", words), _few_words("means", means)
    keys = asking.fold_words(words), asking.fold_words(means)
    spoken = [language] if language else list(LANGUAGES)
    if all(analysis.terms(words, one) == analysis.terms(means, one) for one in spoken):
        raise Invalid("means", _("Search takes these for the same word already."))
    known = db.session.execute(
        select(Synonym.words_key, Synonym.means_key, Synonym.is_both_ways).where(
            Synonym.language == language
        )
    ).all()
    there = {(one.words_key, one.means_key) for one in known}
    there |= {(one.means_key, one.words_key) for one in known if one.is_both_ways}
    if keys in there:
        raise Invalid("means", _("There is such a synonym already."))
    if (db.session.scalar(select(func.count()).select_from(Synonym)) or 0) >= synonyms.MOST:
        raise Closed(
            _("There are %(most)s synonyms. Remove some that help nobody.", most=synonyms.MOST)
        )
    row = {
        "language": language,
        "words": words,
        "means": means,
        "words_key": keys[0],
        "means_key": keys[1],
        "is_both_ways": is_both_ways,
        "added_at": clock.now(),
    }
    if not insert_or_ignore(Synonym, [row]):
        raise Invalid("means", _("There is such a synonym already."))
    events.record("search.changed", actor, what="synonym added", words=words, means=means)
    return db.session.scalars(
        select(Synonym).filter_by(language=language, words_key=keys[0], means_key=keys[1])
    ).one()


def remove_synonym(actor: Member, synonym: Synonym) -> None:
    """From the next question on, the words find only themselves."""
    permits.require(actor, "search.tend")
    events.record(
        "search.changed", actor, what="synonym removed", words=synonym.words, means=synonym.means
    )
    db.session.delete(synonym)


def add_redirect(actor: Member, *, words: str, to: str, hosts: Collection[str] = ()) -> Redirect:
    """Let who asks exactly these words go straight to an idea, a tag or an area.

    `to` is an idea's number or address, "#tag", or an area's name or address; `hosts` are
    the portal's own names. Raises NotAllowed, Invalid for what is not there, Closed where
    there are too many.
    """
    permits.require(actor, "search.tend")
    words = _one_line("question", words)
    place = _place(text.one_line(to), hosts)
    if (db.session.scalar(select(func.count()).select_from(Redirect)) or 0) >= MOST_REDIRECTS:
        raise Closed(
            _("There are %(most)s redirects. Remove some that help nobody.", most=MOST_REDIRECTS)
        )
    key = asking.fold_words(words)
    row: dict[str, Any] = {"key": key, "words": words, "added_at": clock.now(), **place}
    if not insert_or_ignore(Redirect, [row]):
        raise Invalid("question", _("These words lead somewhere already. Remove that first."))
    events.record("search.changed", actor, what="redirect added", words=words, to=place)
    return db.session.scalars(select(Redirect).filter_by(key=key)).one()


def remove_redirect(actor: Member, redirect: Redirect) -> None:
    """Let who asks these words see what is found for them."""
    permits.require(actor, "search.tend")
    events.record("search.changed", actor, what="redirect removed", words=redirect.words)
    db.session.delete(redirect)


def tag(
    actor: Member, question: AskedQuestion, *, name: str, ideas: str, hosts: Collection[str] = ()
) -> str:
    """Let ideas carry a tag for what was asked, so that it finds them; the tag's name.

    `ideas` are numbers and addresses with spaces or commas between; `hosts` are the portal's
    own names. An idea that carries the tag already stays as it is. Raises NotAllowed, and
    Invalid for what is no tag, for ideas that are not public and for those full of tags.
    """
    permits.require(actor, "search.tend")
    name = tag_name(name)
    if not any(sign.isalnum() for sign in name):
        raise Invalid("tag", _("Write at least one word."))
    if "," in name:
        raise Invalid("tag", _("Write one tag, without a comma."))
    if len(name) > TAG_LENGTH:
        raise Invalid("tag", _("Shorten this to %(most)s characters or fewer.", most=TAG_LENGTH))
    carried = {idea: tags_of(idea.id) for idea in _ideas(ideas, hosts)}
    full = [idea for idea, tags in carried.items() if len({*tags, name}) > MOST_TAGS]
    if full:
        which = ", ".join(str(idea.id) for idea in full)
        why = _("As many tags as there can be are on these already: %(which)s.", which=which)
        raise Invalid("ideas", why)
    for idea, tags in carried.items():
        if set_tags(idea, [*tags, name]):
            idea.version += 1
            events.record("idea.tagged", actor, idea, tag=name)
    settle(actor, question)
    return name


def settle(actor: Member, question: AskedQuestion) -> None:
    """Nothing is left to do about a question; settling it twice changes nothing."""
    permits.require(actor, "search.tend")
    if question.settled_at is None:
        question.settled_at = clock.now()
        # Without its words: an event is kept for ever, a question is not.
        events.record("search.changed", actor, what="question settled", question=question.id)


def unsettle(actor: Member, question: AskedQuestion) -> None:
    """Put a question back onto the list."""
    permits.require(actor, "search.tend")
    if question.settled_at is not None:
        question.settled_at = None
        events.record("search.changed", actor, what="question unsettled", question=question.id)


def let_through(actor: Member, question: AskedQuestion, words: str) -> None:
    """Show everyone that this is looked for, in these words.

    Raises Closed while fewer than five different people asked it, and Invalid for words
    that look like somebody's own.
    """
    permits.require(actor, "search.tend")
    if not question.is_popular:
        raise Closed(_("Too few different people asked this to show it to everyone."))
    words = _one_line("words", words)
    if not asking.key_of(words):
        raise Invalid("words", _("This may be somebody's name, number or address."))
    question.shown_as, question.screened_at = words, clock.now()
    events.record("search.changed", actor, what="popular shown", question=question.id)


def keep_back(actor: Member, question: AskedQuestion) -> None:
    """Do not show everyone that this is looked for."""
    permits.require(actor, "search.tend")
    question.shown_as, question.screened_at = "", clock.now()
    events.record("search.changed", actor, what="popular kept back", question=question.id)


def _one_line(name: str, value: str) -> str:
    line = text.one_line(value)
    if not any(sign.isalnum() for sign in line):
        raise Invalid(name, _("Write at least one word."))
    if len(line) > LENGTH or len(asking.fold_words(line)) > LENGTH:
        raise Invalid(name, _("Shorten this to %(most)s characters or fewer.", most=LENGTH))
    return line


def _few_words(name: str, value: str) -> str:
    line = _one_line(name, value)
    if len(line.split()) > MOST_WORDS:
        raise Invalid(name, _("Use %(most)s words at most.", most=MOST_WORDS))
    return line


def _ideas(typed: str, hosts: Collection[str]) -> Sequence[Idea]:
    """The ideas of these numbers and addresses, which nobody else changes meanwhile."""
    numbers = {one: pasted.number(one, hosts) for one in re.split(r"[\s,;]+", typed) if one}
    if not numbers:
        raise Invalid("ideas", _("Say which ideas get the tag."))
    if len(numbers) > MOST_TAGGED:
        raise Invalid("ideas", _("Name %(most)s ideas at most.", most=MOST_TAGGED))
    # Held in one order, so that two of the staff wait and never lock each other out.
    ideas = db.session.scalars(
        select(Idea)
        .where(listed_among({one for one in numbers.values() if one}))
        .order_by(Idea.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    known = {idea.id for idea in ideas}
    unknown = ", ".join(one for one, number in numbers.items() if number not in known)
    if unknown:
        raise Invalid("ideas", _("There is no public idea like this: %(which)s.", which=unknown))
    return ideas


def _place(to: str, hosts: Collection[str]) -> dict[str, int | None]:
    """Where a redirect leads, as its columns say it."""
    nowhere: dict[str, int | None] = dict.fromkeys(("idea_id", "tag_id", "area_id"))
    unknown = Invalid("to", _("There is no public idea, no tag and no area like this."))
    if not to:
        raise Invalid("to", _("Say where it leads: to an idea, a tag or an area."))
    is_address = to.startswith(("/", "http://", "https://"))
    url = pasted.ours(to, hosts) if is_address else None
    if is_address and url is None:
        raise unknown
    query = parse_qs(url.query) if url else {}
    if tag := _tag(to, query):
        return {**nowhere, "tag_id": tag}
    if area := _area(to, query):
        return {**nowhere, "area_id": area.id}
    if number := pasted.number(to, hosts):
        found = select(Idea.id).where(Idea.id == number, listed())
        if idea_id := db.session.scalar(found):
            return {**nowhere, "idea_id": idea_id}
    raise unknown


def _tag(to: str, query: dict[str, list[str]]) -> int | None:
    name = query["tag"][0] if "tag" in query else to[1:] if to.startswith("#") else ""
    name = tag_name(unquote(name))
    return db.session.scalar(select(Tag.id).where(Tag.name == name)) if name else None


def _area(to: str, query: dict[str, list[str]]) -> Area | None:
    if "area" in query:
        return area_by_key(query["area"][0][:LENGTH])
    name = fold(to)
    return next(
        (one for one in areas() if name in {fold(words) for words in one.names.values()}), None
    )
