"""Sends files to a portal of its own process, one after the other, and says what came of it.

Run by test_pictures.py, so that what the process and its children need of memory is
theirs alone. Takes JSON on its input, gives JSON on its output.
"""

import json
import resource
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from cocreate import config, create_app, limits


def main() -> None:
    told: dict[str, Any] = json.load(sys.stdin)
    limits.OFTEN["picture.sent"] = (100_000, timedelta(hours=1))
    app = create_app(config.read(told["settings"]))
    client = app.test_client()
    client.set_cookie("cocreate", told["cookie"])
    # A portal that has already answered, so that what pictures add to it can be told.
    client.get(told["page"])
    before = _most_memory()
    answers = []
    for one in told["uploads"]:
        answer = client.post(
            told["action"],
            data={
                "csrf_token": told["token"],
                # Nothing written: the form always comes back, and says what became of the picture.
                "body": "",
                "kind": "addition",
                "picture": FileStorage(
                    BytesIO(Path(one["path"]).read_bytes()), one["name"], content_type=one["type"]
                ),
            },
        )
        answers.append([answer.status_code, 'name="alt-' in answer.text])
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps([answers, before, _most_memory(), children // 1024]))


def _most_memory() -> int:
    """Megabytes that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
