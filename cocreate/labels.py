"""What the portal's own values are called in the reader's language."""

from enum import StrEnum

from cocreate.accounts.models import MailChoice, Role
from cocreate.discussion.models import CommentKind
from cocreate.errors import Words
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.filters import Filters, Since
from cocreate.ideas.models import Stage, Visibility
from cocreate.moderation.models import Decision, Reason
from cocreate.notices.models import Because

# By the kind first: words of different kinds are equal as text.
LABELS: dict[type[StrEnum], dict[StrEnum, Words]] = {
    Stage: {
        Stage.NEW: _("New"),
        Stage.CONSIDERING: _("Considering"),
        Stage.PLANNED: _("Planned"),
        Stage.BUILDING: _("Building"),
        Stage.SHIPPED: _("Delivered"),
        Stage.DECLINED: _("Declined"),
        Stage.PARKED: _("Parked"),
        Stage.MERGED: _("Merged"),
    },
    Since: {
        Since.WEEK: _("In the last week"),
        Since.MONTH: _("In the last month"),
        Since.YEAR: _("In the last year"),
    },
    Visibility: {
        Visibility.DRAFT: _("Draft"),
        Visibility.HELD: _("Waiting for a moderator"),
        Visibility.PUBLIC: _("Public"),
        Visibility.HIDDEN: _("Hidden"),
        Visibility.WITHDRAWN: _("Withdrawn"),
    },
    CommentKind: {
        CommentKind.ADDITION: _("Addition"),
        CommentKind.QUESTION: _("Question"),
        CommentKind.EXPERIENCE: _("Experience"),
        CommentKind.OBJECTION: _("Objection"),
    },
    Decision: {
        Decision.APPROVE: _("Let in"),
        Decision.HIDE: _("Hidden by a moderator"),
    },
    Reason: {
        Reason.SPAM: _("Advertising"),
        Reason.OFF_TOPIC: _("Not about our offer"),
        Reason.ABUSIVE: _("Hurts or insults people"),
        Reason.PRIVATE_DATA: _("Gives away someone's private data"),
        Reason.DUPLICATE: _("Already proposed"),
        Reason.UNCLEAR: _("Cannot be understood"),
    },
    Role: {
        Role.MEMBER: _("Member"),
        Role.MODERATOR: _("Moderator"),
        Role.PRODUCT: _("Product team"),
        Role.ADMIN: _("Administrator"),
    },
    MailChoice: {
        MailChoice.AT_ONCE: _("At once"),
        MailChoice.DAILY: _("Once a day, in one mail"),
        MailChoice.NEVER: _("Never, only on the page"),
    },
    Because: {
        Because.PROPOSED: _("you proposed it"),
        Because.SUPPORTED: _("you support it"),
        Because.COMMENTED: _("you commented on it"),
        Because.ASKED: _("you asked to hear"),
    },
}


def label(value: StrEnum) -> Words:
    """The name of `value` in the reader's language. Raises KeyError for one without."""
    return LABELS[type(value)][value]


def chosen(filters: Filters, language: str) -> dict[Filters, Words]:
    """What ideas are narrowed by, in words, by the filters that are left without it."""
    names: dict[str, Words] = {
        "area": filters.area.name_in(language) if filters.area else "",
        "stage": label(filters.stage) if filters.stage else "",
        "tag": f"#{filters.tag}",
        "language": LANGUAGES.get(filters.language, ""),
        "since": label(filters.since) if filters.since else "",
        "answered": _("Answered by the team"),
        "is_mine": _("Proposed by me"),
    }
    return {rest: names[name] for name, rest in filters.one_less.items()}
