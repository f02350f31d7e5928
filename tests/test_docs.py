"""The documents say what the program does, and the program what they say."""

import re
from dataclasses import fields
from pathlib import Path

from cocreate.cli import main
from cocreate.config import PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_every_setting_is_in_the_readme_with_its_default_and_nothing_else_is() -> None:
    rows = re.findall(r"^\| `(COCREATE_\w+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", README, re.M)
    shown = {name: (default, says) for name, default, says in rows}

    def word(default: object) -> str:
        return {True: "yes", False: "no"}[default] if isinstance(default, bool) else str(default)

    assert shown == {
        PREFIX + one.name.upper(): (word(one.default), one.metadata["says"])
        for one in fields(Settings)
    }


def test_every_command_is_in_the_readme_and_explains_itself() -> None:
    shown = set(re.findall(r"^\| `cocreate ([\w-]+)` \|", README, re.M))

    assert shown == set(main.commands)
    assert all(command.help for command in main.commands.values())


def test_every_link_inside_the_documents_leads_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
