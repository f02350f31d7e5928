"""What may import what. The order and the floors stand in docs/architecture.md."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cocreate"

FEATURES = (
    "accounts",
    "pictures",
    "ideas",
    "votes",
    "discussion",
    "moderation",
    "backlog",
    "notices",
    "search",
    "exchange",
)
# Folders with doors only: a page that composes, forms over other features' verbs.
DOOR_FOLDERS = ("home", "feeds", "admin", "demo")
GROUND = (
    "brand charts clock config database deliveries dialects errors events extensions i18n kept"
    " later limits logos paging palette permits robots site text text_diff"
).split()
# Modules beside the features that are doors.
DOORS = (
    "__init__ __main__ addresses cards cli figures headers health logs packing polled problems"
    " reports serve static undo visitors web worker"
).split()
FLASK = ("flask", "flask_login", "flask_wtf", "werkzeug")

FLOOR = {"models": 0, "queries": 1, "index": 1, "labels": 1, "actions": 2, "consumer": 3, "mail": 3}
DOOR, NOUN = 4, 1


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__") or "cocreate"] = path
    return found


MODULES = modules()


def place(name: str) -> tuple[int, str | None]:
    """(floor, feature) of a module; the ground is floor -1, outside the features."""
    parts = name.split(".")[1:]
    if not parts:
        return DOOR, None
    if parts[0] in GROUND:
        return -1, None
    if parts[0] in DOORS or parts[0] in DOOR_FOLDERS:
        return DOOR, None
    if parts[0] == "labels":
        return FLOOR["labels"], None
    if len(parts) == 1:
        return -1, parts[0]  # the feature's own docstring
    last = parts[1]
    if last in ("views", "forms") or last.endswith("_views"):
        return DOOR, parts[0]
    # A file split off by noun stands on the floor its docstring's first user needs: the
    # lowest at which its own imports are allowed.
    return FLOOR.get(last, _floor_by_imports(name)), parts[0]


@cache
def _floor_by_imports(name: str) -> int:
    floors = [place(one)[0] for one in imports(name) & MODULES.keys() if one != "cocreate"]
    # Whatever imports a door is caught: nothing below the doors may.
    return max([0, *(min(floor, DOOR - 1) for floor in floors)])


def imports(name: str) -> set[str]:
    """The modules that `name` imports: ours as dotted names, others by their top name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports are written out in full"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES else str(node.module))
    return {one if one in MODULES else one.split(".")[0] for one in found}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_down_or_level(name: str) -> None:
    floor, feature = place(name)
    breaches = []
    for target in sorted(imports(name) & MODULES.keys()):
        if target == "cocreate":
            if name not in ("cocreate.cli", "cocreate.serve", "cocreate.__main__"):
                breaches.append(f"{target}: only commands make the application")
            continue
        its_floor, its_feature = place(target)
        if floor == -1 and feature is None and its_floor != -1:
            breaches.append(f"{target}: the ground imports only ground")
        elif its_floor > floor and its_floor >= 0 and floor >= 0:
            breaches.append(f"{target}: floor {its_floor} from floor {floor}")
        elif (
            floor < DOOR
            and feature
            and its_feature
            and FEATURES.index(its_feature) > FEATURES.index(feature)
        ):
            breaches.append(f"{target}: {its_feature} comes after {feature}")
        elif target.endswith("views") and name not in ("cocreate",):
            breaches.append(f"{target}: only create_app imports views")
        elif its_floor == 3 and floor == DOOR and name != "cocreate.worker":
            breaches.append(f"{target}: only the worker calls consumers")
    assert not breaches, f"{name} imports {breaches}"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_verbs_and_questions_know_nothing_of_flask(name: str) -> None:
    floor, _ = place(name)
    if name in ("cocreate.extensions", "cocreate.i18n") or floor == DOOR:
        return
    assert not imports(name) & set(FLASK)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_import_hides_inside_a_function(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text())
    hidden = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, f"{name}: lines {hidden}"


def test_actions_never_commit() -> None:
    committing = [
        name
        for name, path in MODULES.items()
        if name.endswith(".actions") and "session.commit()" in path.read_text()
    ]
    assert not committing


def test_every_feature_has_its_place_in_the_order() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders <= {*FEATURES, *DOOR_FOLDERS}
