"""`python -m cocreate` is `cocreate`."""

from cocreate.cli import main

main()
