"""An import that is killed again and again: `python -m tests.killed_import KILLS OUT FILE...`.

Everything is imported once, then each command is a fork of this process, so that
a kill costs milliseconds. Settings come from the environment. After the last
kill the import runs to its end, and all is exported into the folder OUT. Prints,
as JSON, how many were killed at work.
"""

import json
import os
import random
import signal
import sys
import time

from cocreate import cli
from cocreate.exchange import actions

# Small batches: more of the moments at which a kill can strike.
BATCH = 20
# Seconds after its start at which an import is killed at the latest.
LATEST = 0.8


def start(*words: str) -> int:
    """Begin a command of its own process."""
    child = os.fork()
    if child:
        return child
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    status = 1
    try:
        cli.main(words, standalone_mode=False)
        status = 0
    finally:
        os._exit(status)


def to_the_end(*words: str) -> float:
    """Seconds that the command takes."""
    began = time.monotonic()
    _child, status = os.waitpid(start(*words), 0)
    assert status == 0, (words, status)
    return time.monotonic() - began


def main() -> None:
    kills, out, first, *files = int(sys.argv[1]), *sys.argv[2:]
    actions.BATCH = BATCH
    chance = random.Random(7)
    # Of one row, this says what starting costs here and now.
    starting = to_the_end("import", first)
    struck = 0
    for _ in range(kills):
        child = start("import", *files)
        time.sleep(starting * 0.8 + chance.uniform(0, LATEST))
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        struck += os.WIFSIGNALED(status)
    to_the_end("import", *files)
    to_the_end("export", out)
    print(json.dumps({"killed at work": struck}))


if __name__ == "__main__":
    main()
