"""`make lighthouse`: what Lighthouse says of the demo's pages, the median of several runs.

Prints the four scores (of 100), requests and compressed bytes (without headers) of a
first view per page, the manifest and its icon among them, on a desktop and on a phone,
and ends with 1 if one is below what is promised. A busy machine lowers the scores for
speed: measure on a quiet one.

    python -m benchmarks.lighthouse [--runs 5] [--only /ideas] [--forms desktop mobile]
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.servers import ROOT, Demo, demo

# performance, accessibility, best practices, findability
PROMISED = {"desktop": (100, 100, 100, 100), "mobile": (99, 100, 100, 100)}
# Staff's pages are none that a search engine may find.
FOR_STAFF = (95, 100, 100, 0)
# Bytes, compressed, of a visitor's first view: of scripts and of all.
SCRIPT_BUDGET, BUDGET = 15_000, 50_000
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def pages(portal: Demo) -> list[dict[str, Any]]:
    """What is looked at: its path, who looks, and the scores it must have by kind of screen."""
    idea = portal.first_idea()
    profile = re.findall(r'href="(/members/[^"]+)"', portal.read(idea))[0]
    public = ["/", "/ideas", idea, "/search", "/sign-in", profile, "/moderation/log"]
    looked = [{"path": path, "role": "", "promised": PROMISED} for path in public]
    looked.append({"path": "/ideas/new", "role": "member", "promised": PROMISED})
    for role, path in (("moderator", "/moderation"), ("product", "/backlog"), ("admin", "/admin")):
        promised = dict.fromkeys(PROMISED, FOR_STAFF)
        looked.append({"path": path, "role": role, "promised": promised})
    return looked


def look(portal: Demo, looked: list[dict[str, Any]], forms: list[str], runs: int) -> Any:
    """The answers by (path, form): a list of one dictionary per run."""
    told = {
        "chrome": shutil.which("chromium") or shutil.which("chromium-browser"),
        "pages": [
            {
                "name": one["path"],
                "url": portal.address + one["path"],
                "cookie": portal.cookies.get(one["role"], ""),
            }
            for one in looked
        ],
        "forms": forms,
        "runs": runs,
    }
    node = Path(sys.executable).parent / "node"
    found = defaultdict(list)
    with subprocess.Popen(
        [str(node), "benchmarks/lighthouse.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(told))
        process.stdin.close()
        for line in process.stdout:
            answer = json.loads(line)
            found[answer["name"], answer["form"]].append(answer)
            print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    if process.returncode:
        raise SystemExit("Lighthouse ended with an error.")
    return found


def judge(answers: list[dict[str, Any]], promised: tuple[int, ...], *, is_first_view: bool) -> str:
    """Print a line about one page; say in words what is not as promised, or nothing."""
    scores = [round(median(one["scores"][name] for one in answers)) for name in CATEGORIES]
    first = answers[0]
    requests, size, script = (
        round(median(one[name] for one in answers)) for name in ("requests", "bytes", "script")
    )
    speeds = [one["scores"]["performance"] for one in answers]
    print(
        f"  {first['name'][:34]:<34} {first['form']:<8}"
        + "".join(f"{score:>5}" for score in scores)
        + f"   {min(speeds):>3}-{max(speeds):<3}"
        + f"{requests:>5} requests {size / 1000:>6.1f} kB, scripts {script / 1000:>5.1f} kB"
    )
    faults = [
        f"{name} {score} < {least}"
        for name, score, least in zip(CATEGORIES, scores, promised, strict=True)
        if score < least
    ]
    if is_first_view and size > BUDGET:
        faults.append(f"{size} bytes > {BUDGET}")
    if script > SCRIPT_BUDGET:
        faults.append(f"{script} bytes of script > {SCRIPT_BUDGET}")
    if any(one["elsewhere"] for one in answers):
        faults.append("asks another host")
    if any(one.get("error") for one in answers):
        faults.append(str(first["error"]))
    if faults:
        faults.append(
            "see " + ", ".join(sorted({name for one in answers for name in one["failed"]}))
        )
    return "; ".join(faults)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="the paths that begin so")
    parser.add_argument("--forms", nargs="+", default=list(PROMISED), choices=list(PROMISED))
    options = parser.parse_args()
    faults = []
    with demo() as portal:
        looked = [one for one in pages(portal) if one["path"].startswith(options.only)]
        found = look(portal, looked, options.forms, options.runs)
    print(f"median of {options.runs}: performance, accessibility, best practices, SEO, spread")
    for one in looked:
        for form in options.forms:
            fault = judge(
                found[one["path"], form], one["promised"][form], is_first_view=not one["role"]
            )
            faults += [f"{one['path']} on {form}: {fault}"] if fault else []
    print("\n".join(["", *faults]) if faults else "\nAll is as promised.")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
