"""Writes a file of one word, as czech_forms does of many: python -m tests.word_maker PATH."""

import os
import sys

import marisa_trie

if __name__ == "__main__":
    with open(os.environ["WORDS_MADE"], "a", encoding="utf-8") as log:
        log.write(f"{sys.argv[1]}\n")
    marisa_trie.BytesTrie([("a", b"b")]).save(sys.argv[1])
