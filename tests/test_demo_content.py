"""The demo's content holds together before any loader touches it.

These tests read the TOML files alone: every name points at someone, every day comes
in its turn, and the portal that grows out of them has something to show everywhere.
"""

import itertools
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parent.parent / "cocreate" / "demo"
LANGUAGES = {"cs", "en"}
KINDS = {"addition", "question", "experience", "objection"}
# Where an idea may go next; a decision ends its way.
STEPS = {
    "new": {"considering", "planned", "declined", "parked"},
    "considering": {"planned", "building", "declined", "parked"},
    "planned": {"building", "shipped"},
    "building": {"shipped"},
}
REASONS = {"spam", "off_topic", "abusive", "private_data", "duplicate", "unclear"}
FIELDS = {
    "key", "language", "author", "area", "tags", "title", "need", "proposal", "days_ago",
    "supporters", "views", "visibility", "hidden", "comment", "answer", "edit",
}  # fmt: skip


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


BRAND = read(DEMO / "brand.toml")
MEMBERS = {member["key"]: member for member in BRAND["member"]}
IDEAS = [idea for path in sorted(DEMO.glob("ideas_*.toml")) for idea in read(path)["idea"]]
PUBLIC = [idea for idea in IDEAS if idea.get("visibility", "public") == "public"]
each_idea = pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea["key"])


def stage(idea: dict[str, Any]) -> str:
    answers = idea.get("answer", [])
    return str(answers[-1]["stage"]) if answers else "new"


def role(key: str) -> str:
    return str(MEMBERS[key]["role"])


def words(value: Any) -> list[str]:
    """Every string anywhere inside a piece of the content."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [word for part in inner for word in words(part)]


def descends(days: list[float]) -> bool:
    return all(later < earlier for earlier, later in itertools.pairwise(days))


def test_the_brand_speaks_both_languages():
    brand = BRAND["brand"]

    assert brand["name"] == "Poutnice"
    for part in ("tagline", "mission"):
        assert set(brand[part]) == LANGUAGES
        assert all(brand[part].values())
    assert {language: len(rules) for language, rules in brand["house_rules"].items()} == {
        "cs": 5,
        "en": 5,
    }


def test_there_are_eight_areas_and_each_has_an_owner_and_ideas():
    areas = [area["key"] for area in BRAND["area"]]

    assert len(areas) == len(set(areas)) == 8
    for area in BRAND["area"]:
        for part in ("names", "department", "description"):
            assert set(area[part]) == LANGUAGES
            assert all(area[part].values())
    assert {idea["area"] for idea in PUBLIC} == set(areas)


def test_members_are_unique_and_staff_are_who_they_should_be():
    assert len(MEMBERS) == len(BRAND["member"]) >= 60
    assert len({member["name"].casefold() for member in MEMBERS.values()}) == len(MEMBERS)
    for key, member in MEMBERS.items():
        assert re.fullmatch(r"[a-z0-9-]+", key)
        assert member["language"] in LANGUAGES
        assert member["joined_days_ago"] > 0
    staff = Counter(member["role"] for member in MEMBERS.values())
    assert {name: staff[name] for name in staff if name != "member"} == {
        "moderator": 2,
        "product": 3,
        "admin": 1,
    }
    assert all(member.get("about") for member in MEMBERS.values() if member["role"] != "member")


def test_there_is_enough_of_everything():
    languages = Counter(idea["language"] for idea in IDEAS)
    stages = Counter(map(stage, PUBLIC))
    visibility = Counter(idea.get("visibility", "public") for idea in IDEAS)

    assert len(IDEAS) >= 72
    assert languages["cs"] >= 52
    assert languages["en"] >= 20
    assert sum(len(idea.get("comment", [])) for idea in IDEAS) >= 220
    assert visibility["held"] == 5
    assert visibility["hidden"] == 3
    wanted = {"shipped": 10, "building": 6, "planned": 8, "considering": 9, "declined": 9}
    assert all(stages[name] >= count for name, count in wanted.items()), stages
    assert stages["parked"] == 3
    assert stages["new"] >= 20
    assert sum("edit" in idea for idea in IDEAS) >= 6


def test_keys_and_titles_are_unique():
    for part in ("key", "title"):
        repeated = [v for v, n in Counter(i[part].casefold() for i in IDEAS).items() if n > 1]
        assert not repeated


def test_recent_weeks_are_the_busiest():
    per_week = [
        sum(low <= idea["days_ago"] < high for idea in IDEAS) / ((high - low) / 7)
        for low, high in ((0, 28), (28, 91), (91, 240))
    ]

    assert descends(per_week)
    assert max(idea["days_ago"] for idea in IDEAS) > 220


def test_support_has_a_long_tail():
    counts = sorted((idea["supporters"] for idea in PUBLIC), reverse=True)

    assert counts[0] >= 50
    assert counts[len(counts) // 2] <= 25


def test_no_address_or_telephone_number_slips_in():
    for text in words([BRAND, IDEAS]):
        # The addresses that people sign in to the demo with belong to nobody.
        assert "@" not in text.replace("@example.com", "")
        assert not re.search(r"(?:\+\d{3}|\b\d{3} \d{3} \d{3}\b)", text), text


@each_idea
def test_an_idea_is_complete(idea):
    assert set(idea) <= FIELDS
    assert re.fullmatch(r"[a-z0-9-]+", idea["key"])
    assert idea["language"] in LANGUAGES
    assert idea["area"] in {area["key"] for area in BRAND["area"]}
    assert 2 <= len(idea["tags"]) == len(set(idea["tags"])) <= 4
    assert all(tag == tag.lower() and tag.isalnum() for tag in idea["tags"])
    assert 8 <= len(idea["title"]) <= 120
    assert len(idea["need"]) >= 50
    assert idea["proposal"].strip()
    assert 0 < idea["days_ago"] <= 240


@each_idea
def test_everyone_was_there_when_they_spoke(idea):
    said = [(idea["author"], idea["days_ago"])]
    said += [(part["by"], part["days_ago"]) for part in idea.get("comment", [])]
    said += [(part["by"], part["days_ago"]) for part in idea.get("answer", [])]

    for who, days_ago in said:
        assert MEMBERS[who]["joined_days_ago"] > days_ago > 0
    assert role(idea["author"]) == "member"


@each_idea
def test_support_fits_the_people_who_could_give_it(idea):
    """Nobody supports before joining, after the decision, or what they may not see."""
    ended = idea["answer"][-1]["days_ago"] if stage(idea) in {"shipped", "declined"} else 0
    could = [key for key, member in MEMBERS.items() if member["joined_days_ago"] > ended]

    assert 0 <= idea["supporters"] <= min(55, len(could) - 1)
    assert idea["views"] > idea["supporters"]
    assert idea in PUBLIC or idea["supporters"] == 0


@each_idea
def test_the_discussion_comes_in_order(idea):
    comments = idea.get("comment", [])
    assert len(comments) <= 9
    assert descends([idea["days_ago"], *(comment["days_ago"] for comment in comments)])
    threads: set[str] = set()
    for comment in comments:
        assert set(comment) <= {"key", "by", "days_ago", "kind", "body", "reply_to"}
        assert comment["kind"] in KINDS
        assert comment["body"].strip()
        if "reply_to" in comment:
            assert comment["reply_to"] in threads
            assert "key" not in comment
        elif "key" in comment:
            assert comment["key"] not in threads
            threads.add(comment["key"])
    for comment in comments:
        # An objection gives its reason, and a reason is never one word.
        assert comment["kind"] != "objection" or len(comment["body"]) >= 60


@each_idea
def test_answers_lead_from_stage_to_stage(idea):
    now = "new"
    answers = idea.get("answer", [])
    assert descends([idea["days_ago"], *(answer["days_ago"] for answer in answers)])
    for answer in answers:
        assert set(answer) == {"by", "days_ago", "stage", "body"}
        assert role(answer["by"]) == "product"
        assert answer["stage"] in STEPS.get(now, set()), (now, answer["stage"])
        assert answer["stage"] != "declined" or len(answer["body"]) >= 60
        now = answer["stage"]


@each_idea
def test_edits_change_something_before_the_decision(idea):
    answers = idea.get("answer", [])
    ended = answers[-1]["days_ago"] if stage(idea) in {"shipped", "declined"} else 0
    edits = idea.get("edit", [])
    assert descends([idea["days_ago"], *(edit["days_ago"] for edit in edits)])
    for edit in edits:
        changed = set(edit) - {"days_ago"}
        assert changed
        assert changed <= {"title", "need", "proposal"}
        assert all(edit[part] != idea[part] for part in changed)
        assert edit["days_ago"] > ended


@each_idea
def test_what_is_not_public_says_why(idea):
    visibility = idea.get("visibility", "public")
    assert visibility in {"public", "held", "hidden"}
    assert ("hidden" in idea) == (visibility == "hidden")
    if visibility != "public":
        assert not idea.get("comment")
        assert not idea.get("answer")
    if visibility == "held":
        assert MEMBERS[idea["author"]]["joined_days_ago"] < 7
    if visibility == "hidden":
        hidden = idea["hidden"]
        assert set(hidden) == {"by", "reason", "words", "days_ago"}
        assert role(hidden["by"]) == "moderator"
        assert hidden["reason"] in REASONS
        assert len(hidden["words"]) >= 60
        assert 0 < hidden["days_ago"] < idea["days_ago"]


def test_searches_are_of_people_who_are_there():
    content = read(DEMO / "searches.toml")
    asked = [search["words"] for search in content["search"]]

    assert len(set(asked)) == len(asked)
    for search in content["search"]:
        assert set(search) <= {"words", "people", "clicked", "is_shown"}
        assert 0 <= search["clicked"] <= search["people"] <= len(MEMBERS)
        # Five must be told apart, and two may have the same mark.
        assert "is_shown" not in search or search["people"] >= 7
    assert all(one["to"] in {area["key"] for area in BRAND["area"]} for one in content["redirect"])
