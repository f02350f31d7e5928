"""Every page and every mail is valid HTML, says html-validate.

Which of its rules are off, and why, stands in .htmlvalidate.mjs. Pages are the same on every
database.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from flask import Flask

from cocreate.accounts.models import Member
from cocreate.notices import outbox
from tests.mailbox import html_of
from tests.pages import Walk
from tests.portal import Portal

HOME = Path(__file__).parent.parent
NODE = Path(sys.prefix) / "bin/node"
PROGRAM = HOME / "node_modules/html-validate/bin/html-validate.mjs"


def faults(folder: Path, names: dict[str, str]) -> list[str]:
    """What is wrong with the HTML files of a folder, by what they are called in `names`."""
    # Into a file: the program ends before a pipe has taken all of a long answer.
    with (folder / "faults.json").open("w+") as told:
        done = subprocess.run(
            [NODE, PROGRAM, "--config", HOME / ".htmlvalidate.mjs", "--formatter", "json", "."],
            cwd=folder, stdout=told, stderr=subprocess.PIPE, text=True, timeout=250,
        )  # fmt: skip
        # 1 says that something is wrong with the files; all else, that it did not get to them.
        assert done.returncode in (0, 1), done.stderr
        told.seek(0)
        found = json.load(told)
    return [
        f"{names[Path(file['filePath']).name]}: {one['ruleId']}: {one['message']}"
        f" ({one['selector']})"
        for file in found
        for one in file["messages"]
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_page_and_every_mail_is_valid(
    app: Flask, make_member: Callable[..., Member], work: Callable[[], int], tmp_path: Path
) -> None:
    portal = Portal(app, make_member)
    portal.ask_for_mails()
    work()
    names: dict[str, str] = {}
    for number, sight in enumerate(Walk(app, portal.readers()).all(portal)):
        names[f"page{number}.html"] = str(sight)
        (tmp_path / f"page{number}.html").write_text(sight.page.text)
    for number, mail in enumerate(outbox.written(1000)):
        with outbox.path_of(mail.name).open("rb") as file:
            letter = BytesParser(policy=policy.default).parse(file)
        names[f"mail{number}.html"] = f"mail: {letter['subject']}"
        (tmp_path / f"mail{number}.html").write_text(html_of(letter))
    assert {name[:4] for name in names} == {"page", "mail"}

    assert faults(tmp_path, names) == []


def test_the_program_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><title>x</title><p id='a'><p id='a'>")

    assert any("no-dup-id" in one for one in faults(tmp_path, {"page.html": "planted"}))
