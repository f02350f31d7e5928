"""Killed at any moment and run again, an import leaves behind what one straight run does."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from cocreate import config
from tests import databases
from tests.conftest import migrate

KILLS = 20
ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are not part of the project")

WORDS = "bench train ticket queue price app shop parcel bread window garden light".split()


def dialogue(path: Path, ideas: int) -> Path:
    """The beginning of the open government file, or where that is missing one like it."""
    if (DATA / "opengov_dialogue_2009.jsonl").is_file():
        with (DATA / "opengov_dialogue_2009.jsonl").open(encoding="utf-8") as lines:
            path.write_text("".join(line for line, _ in zip(lines, range(ideas), strict=False)))
        return path
    chance = random.Random(1)
    with path.open("w") as file:
        for number in range(ideas):
            said = " ".join(chance.choices(WORDS, k=200))
            row = {
                "id": f"{number}-4049",
                "title": f"{said[:60]} {number}",
                "body_html": f"{said}<br />Why Is This Idea Important?<br /><div>{said}</div>",
                "author": f"author{chance.randrange(200)}",
                "created": f"2009-05-{chance.randint(1, 28):02} 00:00:00",
                "votes_for": str(chance.randrange(90)),
                "votes_against": str(chance.randrange(90)),
                "category": chance.choice(["Transparency", "Participation", "Uncategorized"]),
                "tags": chance.sample(WORDS, 2),
                "comments": [
                    {"id": f"{number}-{place}", "author": f"author{place}", "body": said[:90]}
                    for place in range(chance.randrange(5))
                ],
            }
            file.write(json.dumps(row) + "\n")
    return path


def tangled(path: Path) -> Path:
    """Rows of our own format: replies before their comments, twins, rows without an idea."""
    chance = random.Random(2)
    rows: list[dict[str, Any]] = [
        {"type": "idea", "external_id": one, "title": f"Idea {one}", "author": chance.choice("abc"),
         "author_email": chance.choice([None, "a@x.example", "b@x.example"]),
         "created_at": "2020-01-01", "area": chance.choice(WORDS), "tags": chance.sample(WORDS, 3)}
        for one in range(60)
    ]  # fmt: skip
    rows += [
        {"type": "comment", "external_id": one, "idea_external_id": chance.randrange(70),
         "body": f"Comment {one}", "author": chance.choice("abcdef"),
         "parent_external_id": chance.choice([None, chance.randrange(240)])}
        for one in chance.choices(range(240), k=260)
    ]  # fmt: skip
    chance.shuffle(rows)
    path.write_text("".join(json.dumps({"source": "tangle", **row}) + "\n" for row in rows))
    return path


class Portal:
    """A portal of its own that commands work on."""

    def __init__(self, kind: str, name: str, data: Path) -> None:
        self.url = databases.database_url(kind, f"kills_{name}", migrate)
        self.out = data / "out"
        self.env = {
            **os.environ,
            "COCREATE_DATABASE_URL": self.url,
            "COCREATE_DATA_DIR": str(data),
            "COCREATE_LANGUAGE": "en",
            "COCREATE_LOG_LEVEL": "ERROR",
        }

    def run(self, *words: object) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *map(str, words)],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=250,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def digest(self) -> str:
        """The checksum of what was exported last."""
        return hashlib.sha256((self.out / "export.jsonl").read_bytes()).hexdigest()

    def count(self, *tables: str) -> list[int]:
        settings = config.read({"COCREATE_DATABASE_URL": self.url, "COCREATE_SECRET_KEY": "x"})
        engine = create_engine(settings.database)
        with engine.connect() as connection:
            numbers = [
                connection.execute(text(f"SELECT count(*) FROM {one}")).scalar_one()
                for one in tables
            ]
        engine.dispose()
        return numbers


@pytest.fixture(params=databases.KINDS)
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Portal]:
    return lambda name: Portal(request.param, f"{name}_{request.node.name[:4]}", tmp_path / name)


def test_killed_twenty_times_it_comes_to_the_same(
    portal: Callable[[str], Portal], tmp_path: Path
) -> None:
    straight, killed = portal("straight"), portal("killed")
    one = tmp_path / "one.csv"
    one.write_text("type,title,need,source,external_id,created_at\nidea,A,b,c,1,2020-01-01\n")
    files = [dialogue(tmp_path / "dialogue.jsonl", 300), tangled(tmp_path / "tangled.jsonl")]

    straight.run("tests.killed_import", 0, straight.out, one, *files)
    said = json.loads(killed.run("tests.killed_import", KILLS, killed.out, one, *files))

    assert said["killed at work"] >= KILLS / 2
    assert killed.digest() == straight.digest()
    tables = "ideas comments members origins wordings comment_wordings areas tags idea_tags".split()
    assert killed.count(*tables) == straight.count(*tables)
    assert killed.count(
        "ideas WHERE comment_count <> (SELECT count(*) FROM comments WHERE idea_id = ideas.id)"
    ) == [0]


@real
def test_the_real_files_whole(portal: Callable[[str], Portal]) -> None:
    whole = portal("whole")
    dialogue, ideas, comments = (
        DATA / name
        for name in (
            "opengov_dialogue_2009.jsonl", "ideascale_ideas.csv", "ideascale_comments.csv"
        )
    )  # fmt: skip

    began = time.monotonic()
    first = whole.run("cocreate", "import", dialogue)
    print(f"{(1157 + 2417) / (time.monotonic() - began):.0f} rows per second, start included")
    pair = whole.run("cocreate", "import", comments, ideas)
    whole.run("cocreate", "export", whole.out)
    before = whole.digest()
    again = whole.run("cocreate", "import", dialogue, comments, ideas)

    assert "ideas: 1157 added, 0 updated, 0 unchanged" in first
    assert "comments: 2417 added, 0 updated, 0 unchanged" in first
    assert "refused" not in first
    assert "ideas: 78 added, 0 updated, 0 unchanged" in pair
    assert "comments: 1953 added, 0 updated, 0 unchanged" in pair
    # Comments on ideas that the other file does not have.
    assert "refused: 2026," in pair
    assert "ideas: 0 added, 0 updated, 1235 unchanged" in again
    assert "comments: 0 added, 0 updated, 4370 unchanged" in again
    whole.run("cocreate", "export", whole.out)
    assert whole.digest() == before
    assert whole.count("ideas", "comments", "votes") == [1235, 4370, 0]
