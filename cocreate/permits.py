"""Who may do what: the whole policy on one page.

`may` answers for buttons, `require` guards the verbs; both ask the same table.
A rule sees the actor (None: a visitor) and the thing, and says yes or no. When
something may be done (its state) is the action's business, not the policy's.
"""

from collections.abc import Callable
from typing import Any

from cocreate.errors import NotAllowed, NotThere
from cocreate.i18n import lazy_gettext as _

Rule = Callable[[Any, Any], bool]


def anyone(actor: Any, thing: Any) -> bool:
    return True


def member(actor: Any, thing: Any) -> bool:
    return actor is not None and actor.is_open


def confirmed(actor: Any, thing: Any) -> bool:
    """Someone whose address is known to be theirs."""
    return member(actor, thing) and actor.email_confirmed_at is not None


def moderator(actor: Any, thing: Any) -> bool:
    return member(actor, thing) and actor.role in ("moderator", "admin")


def product(actor: Any, thing: Any) -> bool:
    return member(actor, thing) and actor.role in ("product", "admin")


def admin(actor: Any, thing: Any) -> bool:
    return member(actor, thing) and actor.role == "admin"


def staff(actor: Any, thing: Any) -> bool:
    return member(actor, thing) and actor.role != "member"


def author(actor: Any, thing: Any) -> bool:
    return member(actor, thing) and thing is not None and thing.author_id == actor.id


def public(actor: Any, thing: Any) -> bool:
    return bool(thing.visibility == "public")


def draft(actor: Any, thing: Any) -> bool:
    return bool(thing.visibility == "draft")


def held(actor: Any, thing: Any) -> bool:
    return bool(thing.visibility == "held")


def either(*rules: Rule) -> Rule:
    return lambda actor, thing: any(rule(actor, thing) for rule in rules)


def both(*rules: Rule) -> Rule:
    return lambda actor, thing: all(rule(actor, thing) for rule in rules)


def no(rule: Rule) -> Rule:
    return lambda actor, thing: not rule(actor, thing)


def when_given(rule: Rule) -> Rule:
    """Applies to a thing where there is one; the permit is also asked in general."""
    return lambda actor, thing: thing is None or rule(actor, thing)


# A draft is nobody's business but its author's, not even the staff's. A comment's
# permits are asked together with those of its idea.
RULES: dict[str, Rule] = {
    "idea.see": either(public, author, both(staff, no(draft))),
    "idea.submit": confirmed,
    "idea.edit": both(author, confirmed),
    "idea.withdraw": author,
    "idea.vote": both(confirmed, when_given(public)),
    "idea.watch": both(confirmed, when_given(public)),
    "idea.comment": both(confirmed, when_given(either(public, both(staff, held)))),
    # Nobody lets in or brings back what is their own; that is for another moderator.
    "idea.moderate": both(moderator, when_given(both(no(draft), no(author)))),
    "idea.answer": both(product, when_given(public)),
    "idea.count": staff,
    "comment.see": either(public, author, both(moderator, no(draft))),
    "comment.edit": both(author, confirmed),
    "comment.remove": author,
    "comment.moderate": both(moderator, when_given(both(no(draft), no(author)))),
    # Adding it to something is part of writing or editing that.
    "picture.send": confirmed,
    "search.save": confirmed,
    "backlog.see": staff,
    "member.settings": member,
    "member.see_private": admin,
    "admin.see": admin,
    # Seeing what people look for, and doing something about it.
    "search.tend": staff,
    "styleguide.see": staff,
    "exchange.claim": confirmed,
    "exchange.import": admin,
    "exchange.export": admin,
}


def may(actor: Any, permit: str, thing: Any = None) -> bool:
    """Whether `actor` may do `permit` to `thing`. Raises KeyError for an unknown permit."""
    return RULES[permit](actor, thing)


def require(actor: Any, permit: str, thing: Any = None) -> None:
    """Raises NotThere for what the actor may not even see, NotAllowed for the rest."""
    if may(actor, permit, thing):
        return
    subject = permit.split(".")[0]
    see = f"{subject}.see"
    if thing is not None and see in RULES and not may(actor, see, thing):
        raise NotThere()
    if actor is None:
        raise NotAllowed(_("Sign in first, and this will be yours to do."))
    if not confirmed(actor, thing):
        raise NotAllowed(
            _("Confirm your e-mail address first: follow the link in the mail we sent you.")
        )
    raise NotAllowed()
