"""`make eval-search`: how well the search finds what it should, on each engine.

- Similar ideas: of the petitions that the UK Parliament's petitions team refused as
  duplicates, is one of the same family among the first ideas that the portal calls
  similar, among all 4,134 petitions? Asked by the title alone, and by the title with the
  text; the petition itself is left out, and a family is whatever pairs connect. What was
  tuned was tuned on half of the families; the other half is printed beside it.
- Whether the forms of a word meet (`conflation`), and slips are mended (`spelling`).

Read from ../shared/data: petitions.jsonl and petition_duplicates.csv. It ends with 1
where something is below its promise.

What was measured last, and how it can fail to tell the truth, stands in benchmarks/README.md.

    python -m benchmarks.eval_search [--engines sqlite postgresql] [--show]
"""

import argparse
import csv
import json
import secrets
import statistics
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert

from benchmarks import conflation, spelling
from cocreate import clock, config, create_app, kept, text
from cocreate.accounts.models import Member, name_key
from cocreate.extensions import db
from cocreate.ideas.models import TITLE_LENGTH, Idea, Stage, Visibility
from cocreate.search import actions, training
from cocreate.search.similar import similar
from tests import databases

DATA = Path(__file__).parents[2] / "shared" / "data"
# Recall among the first five, by the title alone and with the text.
PROMISED = {"title": 0.74, "title and text": 0.80}
DEPTH = 10


@dataclass
class Ranks:
    """At which place (from 1) the first of the family came, for each pair; 0 for nowhere."""

    places: list[int] = field(default_factory=list)

    def recall(self, depth: int) -> float:
        """The share of the pairs with one of the family among the first `depth`."""
        return statistics.fmean(0 < place <= depth for place in self.places)

    @property
    def mrr(self) -> float:
        """The mean of one divided by the place, 0 for beyond DEPTH."""
        return statistics.fmean(1 / place if place else 0.0 for place in self.places)


def petitions() -> list[dict[str, Any]]:
    """The petitions as they were opened; the oldest first."""
    # Not by splitlines(): some of them hold separators of lines that are none in a file.
    with (DATA / "petitions.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def pairs() -> list[tuple[int, int]]:
    """(petition, the earlier one it duplicates), as the petitions team judged."""
    with (DATA / "petition_duplicates.csv").open() as file:
        return [(int(one["petition_id"]), int(one["duplicate_of"])) for one in csv.DictReader(file)]


def families(known: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """For each petition, everything that pairs connect it with, itself too."""
    found: dict[int, set[int]] = {}
    for one, other in known:
        together = found.get(one, {one}) | found.get(other, {other})
        for member in together:
            found[member] = together
    return found


@contextmanager
def portal(kind: str) -> Iterator[Flask]:
    """A new portal over a database of this kind with the petitions as its ideas, learned."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        environ = {
            "COCREATE_ENV": "production",
            "COCREATE_SECRET_KEY": secrets.token_urlsafe(48),
            "COCREATE_BASE_URL": "http://localhost",
            "COCREATE_DATA_DIR": folder,
            "COCREATE_LOG_LEVEL": "ERROR",
        }
        if kind == "postgresql":
            databases.pytest_configure(SimpleNamespace(add_cleanup=stack.callback))  # type: ignore[arg-type]
            environ["COCREATE_DATABASE_URL"] = databases.database_url(kind, "eval", _migrate)
        app = create_app(config.read(environ))
        with app.app_context():
            if kind == "sqlite":
                upgrade()
            _fill()
            actions.reindex(lambda items, _many, _what, do: [do(item) for item in items] and None)
            training.learn_now()
            db.session.commit()
            # What was read of the portal while it was empty.
            kept.forget()
            yield app
            db.session.remove()
            db.engine.dispose()


def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"COCREATE_DATA_DIR": folder, "COCREATE_LOG_LEVEL": "ERROR"}
        app = create_app(config.read({"COCREATE_DATABASE_URL": url, **quiet}))
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()


def _fill() -> None:
    now = clock.now()
    db.session.execute(
        insert(Member).values(
            id=1,
            name="Petitioner",
            name_key=name_key("Petitioner"),
            email="petitioner@example.com",
            email_key="petitioner@example.com",
            email_confirmed_at=now,
            language="en",
            created_at=now,
        )
    )
    rows = []
    for one in petitions():
        moment = datetime.fromisoformat(one["opened_at"] or one["created_at"])
        need, proposal = (text.clean(one[name] or "") for name in ("background", "details"))
        rows.append(
            {
                "id": one["id"],
                "author_id": 1,
                "language": "en",
                "title": text.one_line(one["title"])[:TITLE_LENGTH],
                "need": need,
                "proposal": proposal,
                "visibility": Visibility.PUBLIC,
                "stage": Stage.NEW,
                "version": 1,
                "wording": 1,
                "created_at": moment,
                "published_at": moment,
                "stage_at": moment,
            }
        )
    db.session.execute(insert(Idea), rows)
    db.session.commit()


def is_tuned(family: set[int]) -> bool:
    """Whether what was tuned has seen this family."""
    return zlib.crc32(str(min(family)).encode()) % 2 == 0


def measure(kind: str, *, show: bool) -> bool:
    """Print the figures of one engine; whether they keep the promise."""
    known = pairs()
    family = families(known)
    texts = {one["id"]: one for one in petitions()}
    begun = time.perf_counter()
    is_enough = True
    with portal(kind):
        print(f"\n{kind}: filled, indexed and learned in {time.perf_counter() - begun:.0f} s")
        heads = f"{'at 5':>8}{'at 10':>8}{'MRR':>8}{'ms p50':>9}{'p95':>8}"
        print(f"  {'similar by':22}{'pairs':>6}{heads}")
        for way, promised in PROMISED.items():
            ranks: defaultdict[str, Ranks] = defaultdict(Ranks)
            took: list[float] = []
            for asked, _ in known:
                one = texts[asked]
                more = () if way == "title" else (one["background"] or "", one["details"] or "")
                at = time.process_time()
                found = similar(None, one["title"], *more, but=asked, limit=DEPTH)
                took.append((time.process_time() - at) * 1000)
                likes = family[asked] - {asked}
                place = next((n for n, like in enumerate(found, 1) if like.row.id in likes), 0)
                half = "  the half for tuning" if is_tuned(family[asked]) else "  the other half"
                for name in (way, half):
                    ranks[name].places.append(place)
                if show and not 0 < place <= 5:
                    print(f"    {asked} {one['title']!r}, not {texts[min(likes)]['title']!r}")
            for name, got in ranks.items():
                figures = f"{got.recall(5):8.3f}{got.recall(10):8.3f}{got.mrr:8.3f}"
                print(f"  {name:22}{len(got.places):6}{figures}", end="")
                if name == way:
                    print(
                        f"{statistics.median(took):9.1f}{statistics.quantiles(took, n=20)[-1]:8.1f}"
                    )
                else:
                    print()
            is_enough &= ranks[way].recall(5) >= promised
            if ranks[way].recall(5) < promised:
                print(f"  below {promised} at 5")
    return is_enough


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", nargs="*", default=list(databases.KINDS))
    parser.add_argument("--show", action="store_true", help="print each pair that was missed")
    options = parser.parse_args()
    if not (DATA / "petitions.jsonl").exists():
        print(f"the petitions are not there: {DATA}", file=sys.stderr)
        return 1
    kept = [measure(kind, show=options.show) for kind in options.engines]
    print("\nforms of a word")
    kept.append(not conflation.main(options.show))
    print("\nslips of the finger")
    kept.append(not spelling.main())
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
