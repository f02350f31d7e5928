"""Reading files from elsewhere: shapes, texts, dates, and what is said of the rest."""

import csv
import io
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocreate.discussion.models import CommentKind
from cocreate.exchange import own
from cocreate.exchange.dates import read_instant
from cocreate.exchange.fields import one_line, shortened, tidy
from cocreate.exchange.readers import Table
from cocreate.exchange.rows import Accepted, CommentRow, IdeaRow, Refused, Row, Unreadable, digest
from cocreate.exchange.shapes import Shape, read_items, recognise, suggest_mapping
from cocreate.ideas.models import Stage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are not part of the project")

Read = list[Accepted | Refused]


def rows_of(content: bytes | str) -> list[Row | Refused]:
    data = content.encode() if isinstance(content, str) else content
    with Table(io.BytesIO(data)) as table:
        return list(table.rows())


def read(content: bytes | str | Path, columns: Mapping[str, str] | None = None) -> Read:
    if isinstance(content, str):
        content = content.encode()
    with Table(io.BytesIO(content) if isinstance(content, bytes) else content) as table:
        return list(read_items(table, now=NOW, columns=columns))


def ideas(found: Read) -> list[IdeaRow]:
    return [one.row for one in found if isinstance(one, Accepted) and isinstance(one.row, IdeaRow)]


def comments(found: Read) -> list[CommentRow]:
    return [
        one.row for one in found if isinstance(one, Accepted) and isinstance(one.row, CommentRow)
    ]


def refused(found: Sequence[object]) -> list[Refused]:
    return [one for one in found if isinstance(one, Refused)]


def only(content: bytes | str, columns: Mapping[str, str] | None = None) -> Accepted:
    [one] = read(content, columns)
    assert isinstance(one, Accepted), one
    return one


def csv_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


def own_idea(**values: object) -> str:
    return json.dumps({"type": "idea", "external_id": "1", "title": "A bench", **values}) + "\n"


def opengov(**values: object) -> str:
    said = {"id": "7-1", "title": "A bench", "body_html": "Sit.", "votes_for": "2", "category": "x"}
    return json.dumps(said | values) + "\n"


def ideascale(**values: str) -> str:
    said = {
        "Date/Time": "30/Sep/20 9:24 PM",
        "Idea ID": "324335",
        "Campaign": "Shops",
        "Title": "A bench",
        "Details": "People stand.",
    } | values
    return csv_of([list(said), list(said.values())])


# --- the real files -------------------------------------------------------------------------


@real
@pytest.mark.parametrize(
    ("name", "shape", "taken", "inside", "left_out"),
    [
        ("ideascale_ideas.csv", Shape.IDEASCALE_IDEAS, 78, 0, 0),
        ("ideascale_comments.csv", Shape.IDEASCALE_COMMENTS, 3979, 0, 0),
        ("opengov_dialogue_2009.jsonl", Shape.OPEN_GOVERNMENT, 1157, 2417, 0),
    ],
)
def test_the_real_exports_are_read_whole(
    name: str, shape: Shape, taken: int, inside: int, left_out: int
) -> None:
    with Table(DATA / name) as table:
        assert recognise(table.columns) is shape
    found = read(DATA / name)

    rows: list[IdeaRow | CommentRow] = [*ideas(found), *comments(found)]
    assert len(rows) == taken
    assert sum(len(idea.comments) for idea in ideas(found)) == inside
    assert len(refused(found)) == left_out
    assert [one for one in found if isinstance(one, Accepted) and one.warnings] == []
    assert all(row.created_at for row in rows)
    assert all(row.created_at.year in (2009, 2020, 2021) for row in rows if row.created_at)
    assert len({row.external_id for row in rows}) == taken
    everything = json.dumps([own.record(row) for row in rows], ensure_ascii=False)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]", everything)
    assert read(DATA / name) == found


@real
def test_no_word_of_a_real_title_is_lost() -> None:
    with (DATA / "opengov_dialogue_2009.jsonl").open(encoding="utf-8") as lines:
        said = {line["id"]: line["title"] for line in map(json.loads, lines)}
    with (DATA / "ideascale_ideas.csv").open(encoding="utf-8-sig", newline="") as file:
        said |= {line["Idea ID"]: line["Title"] for line in csv.DictReader(file)}
    found = ideas(read(DATA / "opengov_dialogue_2009.jsonl"))
    found += ideas(read(DATA / "ideascale_ideas.csv"))

    assert len(found) == 1157 + 78
    for idea in found:
        assert idea.title.split() == said[idea.external_id].split()


@real
def test_real_comments_name_ideas_that_are_there_and_others() -> None:
    known = {idea.external_id for idea in ideas(read(DATA / "ideascale_ideas.csv"))}
    found = comments(read(DATA / "ideascale_comments.csv"))

    assert len({comment.idea_external_id for comment in found}) == 457
    assert sum(comment.idea_external_id in known for comment in found) == 1953


@real
def test_words_of_real_html_survive_and_tags_do_not() -> None:
    with (DATA / "opengov_dialogue_2009.jsonl").open(encoding="utf-8") as lines:
        said = {line["id"]: line for line in map(json.loads, lines)}
    for idea in ideas(read(DATA / "opengov_dialogue_2009.jsonl")):
        text = f"{idea.need} {idea.proposal}"
        assert not re.search(r"<[a-zA-Z/!?]", text)
        assert "&euro;" not in text
        bare = re.sub(
            r"<[^>]*>|Why Is This Idea Important\?", " ", said[idea.external_id]["body_html"]
        )
        plain = re.findall(r"[a-zA-Z]{4,}", re.sub(r"\S*&\S*", " ", bare))
        assert set(plain) <= set(re.findall(r"[a-zA-Z]{4,}", text)), idea.external_id


@real
def test_real_columns_may_be_shuffled_missing_and_added() -> None:
    before = read(DATA / "ideascale_ideas.csv")
    with (DATA / "ideascale_ideas.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    places = list(range(len(header)))
    random.Random(7).shuffle(places)
    spelled = {"Idea ID": "idea_id", "Vote Up": " VOTE  UP ", "Campaign": "CAMPAIGN"}
    shuffled = [[spelled.get(header[p], header[p]) for p in places] + ["Kudos", "Reply e-mail"]]
    shuffled += [[line[p] for p in places] + ["3", "someone@example.org"] for line in lines]

    assert ideas(read(csv_of(shuffled, delimiter=";").encode("utf-16"))) == ideas(before)

    empty: dict[str, tuple[str, Any]] = {
        "Stage": ("stage", None),
        "Author": ("author", ""),
        "Tags": ("tags", ()),
    }
    for place, column in enumerate(header):
        if column == "Title":
            continue
        fewer = csv_of([line[:place] + line[place + 1 :] for line in (header, *lines)])
        found = read(fewer)
        assert len(ideas(found)) == 78, column
        if column in empty:
            field, value = empty[column]
            expected = [replace(idea, **{field: value}) for idea in ideas(before)]
            assert ideas(found) == expected


# --- files ----------------------------------------------------------------------------------

CZECH = "Žluťoučký kůň úpěl ďábelské ódy; příště košík „později“"
ENCODINGS = [
    ("utf-8", CZECH),
    ("utf-8-sig", CZECH),
    ("utf-16", CZECH),
    ("utf-16-le", CZECH),
    ("utf-16-be", CZECH),
    ("utf-32", CZECH),
    ("cp1250", CZECH),
    ("iso-8859-2", CZECH.replace("„", "'").replace("“", "'")),
    ("cp852", (CZECH.replace("„", "'").replace("“", "'") + ". ") * 9),
    ("cp1250", "Košík"),
    ("iso-8859-2", "Košík"),
    ("latin-1", "Größere Tüten für die Käufer, schöne Grüße"),
    ("latin-1", "La crème très fraîche où ça me plaît à emporter"),
    ("cp1252", "The crêpes at the café – they’re “great”"),
    ("latin-1", "¿Por qué no hay más café? El niño quiere una piña mañana"),
]


@pytest.mark.parametrize(("encoding", "words"), ENCODINGS)
def test_words_come_right_whatever_the_encoding(encoding: str, words: str) -> None:
    content = csv_of([["title", "need"], ["A bench", words]], delimiter="\t").encode(encoding)

    assert only(content, {"title": "title", "need": "need"}).row == IdeaRow(
        source="file",
        external_id=only(content, {"title": "title"}).row.external_id,
        title="A bench",
        need=words.strip(),
    )


def test_a_late_or_broken_letter_does_not_change_the_encoding() -> None:
    filler = ["plain words"] * 20_000
    late = "title\n" + "\n".join([*filler, "Příliš žluťoučký kůň"]) + "\n"
    assert ideas(read(late.encode("cp1250"), {"title": "title"}))[-1].title.startswith("Příliš ž")

    broken = ("title\n" + "Příliš žluťoučký kůň\n" * 9).encode() + b"Ko\x9a\xc3\n"
    *whole, last = ideas(read(broken, {"title": "title"}))
    assert {idea.title for idea in whole} == {"Příliš žluťoučký kůň"}
    assert last.title == "Ko\ufffd\ufffd"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\r\n", "empty"),
        (b"PK\x03\x04" + bytes(40), "save it as"),
        (b"\xd0\xcf\x11\xe0" + bytes(40), "save it as"),
        (b"\x1f\x8b\x08" + bytes(40), "Unpack"),
        (b"%PDF-1.7 ...", "CSV or JSON Lines"),
        (bytes(range(32)) * 20, "CSV or JSON Lines"),
        (b'[{"title": "cut off', "export it again"),
        (b'{"title\n{"title\n', "No rows"),
        (b"[1, 2, 3]", "No rows"),
        (b"a,b\n" + b'x"y,"\n' * 3000, "quotation marks"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        rows_of(content)


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    for place in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Unreadable, match="could not be opened"):
            Table(place)


def test_a_stream_is_read_again_and_left_open() -> None:
    stream = io.BytesIO(b"title\nOne\nTwo\n")
    with Table(stream) as table:
        first, second = list(table.rows()), list(table.rows())
        assert table.position == table.size
    assert first == second
    assert len(first) == 2
    assert not stream.closed


def test_a_stream_that_cannot_go_back_is_kept_aside() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_to: int) -> int:
            raise io.UnsupportedOperation

    with Table(Pipe(b"title\nOne\n")) as table:
        assert len(list(table.rows())) == 1


CSV = [
    ("title,need\nA,b\n", [(1, 2, ["A", "b"])]),
    ("title;need\r\nA;b, c, d, e\r\n", [(1, 2, ["A", "b, c, d, e"])]),
    ("title\tneed\nA\tb\n", [(1, 2, ["A", "b"])]),
    ("sep=;\ntitle;need\nA;b\n", [(1, 3, ["A", "b"])]),
    ("\n\ntitle,need\n\nA,b\n,\n\nC,d", [(1, 5, ["A", "b"]), (2, 8, ["C", "d"])]),
    ('title,need\n"A\nB","c ""d"""\nE,f\n', [(1, 2, ["A\nB", 'c "d"']), (2, 4, ["E", "f"])]),
    ('title,need\r\n"A\r\nB",c\r\nE,f\r\n', [(1, 2, ["A\nB", "c"]), (2, 4, ["E", "f"])]),
    ("title,need\rA,b\rC,d\r", [(1, 2, ["A", "b"]), (2, 3, ["C", "d"])]),
    ('title,need\r"A\nB",c\rE,f\r', [(1, 2, ["A\nB", "c"]), (2, 3, ["E", "f"])]),
    ("title,need\nA,b\rc\nD,e\n", [(1, 2, ["A", "b\vc"]), (2, 3, ["D", "e"])]),
    ("title,need\r\r\nA,b\r\r\n", [(1, 2, ["A", "b"])]),
    ("title,need\nA,b\0c\n", [(1, 2, ["A", "b\0c"])]),
    ("title,need\nA,b,,\n", [(1, 2, ["A", "b"])]),
    ("title\nA\nB\n", [(1, 2, ["A"]), (2, 3, ["B"])]),
    ('title,need\nA,5" pipe\n', [(1, 2, ["A", '5" pipe'])]),
]


@pytest.mark.parametrize(("content", "expected"), CSV)
def test_csv_as_it_is_found(content: str, expected: list[tuple[int, int, list[str]]]) -> None:
    found = rows_of(content)
    assert refused(found) == []
    assert [
        (row.number.record, row.number.line, list(row.cells.values()))
        for row in found
        if isinstance(row, Row)
    ] == expected


def test_rows_with_a_wrong_number_of_cells_are_refused_with_their_place() -> None:
    found = rows_of('title,need\nA,b\n"C\nc"\nD,e,f\nG,h\n')

    few, many = refused(found)
    assert (few.number, few.raw) == ((2, 3), ["C\nc"])
    assert str(few.reason) == "Cells in this row: 1. Columns in the heading: 2."
    assert (many.number, many.raw) == ((3, 5), ["D", "e", "f"])
    assert [row.number.record for row in found if isinstance(row, Row)] == [1, 4]


def test_a_quotation_mark_left_open_costs_its_own_line_only() -> None:
    found = rows_of('title,need\nA,b\nC,"d\nE,f\nG,h\n')

    [open_row] = refused(found)
    assert open_row.number == (2, 3)
    assert "never closed" in str(open_row.reason)
    assert [row.cells["title"] for row in found if isinstance(row, Row)] == ["A", "E", "G"]


def test_a_file_cut_off_in_a_cell_does_not_pass_for_whole() -> None:
    [whole, cut] = rows_of('title,need\nA,b\nC,"half a sen')
    assert isinstance(whole, Row)
    assert isinstance(cut, Refused)


def test_huge_cells_are_read_up_to_a_bound() -> None:
    large = "x" * 3_000_000
    assert isinstance(rows_of(f'title,need\nA,"{large}"\n')[0], Row)

    found = rows_of(f'title,need\nA,"{large}{large}"\nB,c\n')
    assert len(refused(found)) == 1
    assert [row.cells["title"] for row in found if isinstance(row, Row)] == ["B"]

    found = rows_of("title,need\nA,b\n" + "x," * 5_000_000 + "\nC,d\n")
    assert [str(one.reason) for one in refused(found)] == ["The line is too long."]
    assert [row.cells["title"] for row in found if isinstance(row, Row)] == ["A", "C"]


def test_columns_have_one_name_each() -> None:
    with Table(io.BytesIO(b"title, note ,note,,\nA,b,c,d,e\n")) as table:
        assert table.columns == ["title", "note", "note (2)", "column 4", "column 5"]


def test_json_lines_refuse_what_is_no_object() -> None:
    found = rows_of(
        '{"title": "A"}\n\n{"title": \n[1]\n{"title": "B", "x": "\x00"}\r\n' + "[" * 5000
    )

    assert [(one.number, str(one.reason)) for one in refused(found)] == [
        ((2, 3), "The line is not valid JSON."),
        ((3, 4), "The row is not a JSON object with named values."),
        ((5, 6), "The line is not valid JSON."),
    ]
    assert [row.number for row in found if isinstance(row, Row)] == [(1, 1), (4, 5)]


@pytest.mark.parametrize(
    "content",
    [
        '[{"title": "A"}, {"title": "B"}]',
        '\ufeff [\n {"title": "A"},\n {"title": "B"}\n]\n',
        '{\n "ideas": [{"title": "A"}, {"title": "B"}],\n "page": {}\n}',
    ],
)
def test_a_json_array_has_records_but_no_lines(content: str) -> None:
    found = rows_of(content)
    assert [row.number for row in found if isinstance(row, Row)] == [(1, None), (2, None)]


# --- shapes ---------------------------------------------------------------------------------


def test_an_ideascale_idea() -> None:
    found = only(
        ideascale(
            **{
                "Stage": "Archive",
                "Author": "Ada <ada@example.org>",
                "Total Votes": "3",
                "Vote Up": "5",
                "Vote Down": "2",
                "Tags": "shops,comfort, shops",
                "URL": "http://ideascale.com/t/UM5",
                "Attachments": "https://x.example/1, https://x.example/2",
                "Why you?": "I sit a lot.",
                "Describe your solution to the problem": "Put up a bench.",
                "Contact e-mail": "ada@example.org",
                "Budget": "300",
            }
        )
    )

    assert found.row == IdeaRow(
        source="ideascale",
        external_id="324335",
        title="A bench",
        need="People stand.",
        proposal="Put up a bench.\n\n### Budget\n\n300\n\n### Why you?\n\nI sit a lot."
        "\n\n### Attachments\n\nhttps://x.example/1\nhttps://x.example/2",
        author="Ada",
        author_email="ada@example.org",
        area="Shops",
        tags=("shops", "comfort"),
        created_at=datetime(2020, 9, 30, 21, 24, tzinfo=UTC),
        stage=Stage.PARKED,
        support=5,
        against=2,
        url="http://ideascale.com/t/UM5",
    )
    assert found.warnings == ()


def test_a_private_idea_stays_where_it_is() -> None:
    [one] = read(ideascale(Private="true"))
    assert "private" in str(refused([one])[0].reason)


def test_comments_without_ids_get_the_same_ones_every_time() -> None:
    header = ["Date", "Idea ID", "Author", "Comment"]
    one = ["04/Jan/21 5:41 PM", "1", "Eva", "Yes"]
    other = ["04/Jan/21 5:41 PM", "2", "Eva", "Yes"]

    def made(*rows: list[str]) -> list[str]:
        return [row.external_id for row in comments(read(csv_of([header, *rows])))]

    first, second, third, fourth = made(one, other, one, one)
    assert (third, fourth) == (f"{first}-2", f"{first}-3")
    assert second not in (first, third, fourth)
    assert made(one, one, other) == [first, third, second]


def test_a_comment_must_say_something_about_some_idea() -> None:
    found = read("Idea ID,Author,Comment\n1,Eva,\n,Eva,Yes\n1,,Yes\n")
    assert [str(one.reason) for one in refused(found)] == [
        "The comment says nothing.",
        "The row does not say which idea the comment belongs to.",
    ]
    assert comments(found)[0].author == ""


def test_an_idea_of_the_open_government_dialogue() -> None:
    found = read(
        opengov(
            body_html="Benches &amp; <b>tables</b>.<br /><br />Donâ&euro;&trade;t wait.<br /><br />"
            "Why Is This Idea Important?<br /><br /><div>People <i>stand</i>.</div><br />",
            author="Error: Author Missing",
            created="2009-05-20 00:00:00",
            votes="-1",
            votes_against="3",
            category="Uncategorized",
            tags=["open source crada and collaboration of the people"],
            comments=[
                {"id": "9", "author": "Eva", "age": "8 days ago", "body": "Yes\nindeed <script>"},
                {"id": "10", "author": "Jan", "age": "1 day ago", "body": " "},
                "nonsense",
            ],
        )
    )

    assert ideas(found) == [
        IdeaRow(
            source="opengov",
            external_id="7-1",
            title="A bench",
            need="People *stand*.",
            proposal="Benches & **tables**.\n\nDon’t wait.",
            tags=("open", "source", "crada", "collaboration", "people"),
            created_at=datetime(2009, 5, 20, tzinfo=UTC),
            support=2,
            against=3,
            comments=(CommentRow("opengov", "9", "7-1", "Eva", "Yes\nindeed &lt;script>"),),
        )
    ]
    assert [str(one.reason) for one in refused(found)] == [
        "Comment 2: The comment says nothing.",
        "Comment 3: It is not a JSON object with named values.",
    ]
    assert refused(found)[0].raw == {"id": "10", "author": "Jan", "age": "1 day ago", "body": " "}


def test_the_comments_of_a_refused_idea_are_counted() -> None:
    found = read(
        opengov(title=" ", comments=[{"id": "9", "body": "Yes"}, {"id": "10", "body": "No"}])
    )
    assert [str(one.reason) for one in refused(found)] == [
        "There is no title.",
        "The idea it belongs to was refused.",
        "The idea it belongs to was refused.",
    ]


def test_any_other_file_goes_by_a_mapping() -> None:
    content = csv_of(
        [
            ["Číslo", "Název nápadu", "Popis", "Řešení", "Autor", "E-mail", "Datum", "Počet hlasů"],
            [
                "7",
                "Lavička",
                "Není kde sedět",
                "Dát ji tam",
                "Eva",
                "EVA@x.cz",
                "5. 6. 2020",
                "1 200",
            ],
        ],
        delimiter=";",
    ).encode("cp1250")
    with Table(io.BytesIO(content)) as table:
        assert recognise(table.columns) is None
        mapping = suggest_mapping(table.columns)

    assert only(content, mapping).row == IdeaRow(
        source="file",
        external_id="7",
        title="Lavička",
        need="Není kde sedět",
        proposal="Dát ji tam",
        author="Eva",
        author_email="eva@x.cz",
        created_at=datetime(2020, 6, 5, tzinfo=UTC),
        support=1200,
    )


def test_comments_go_by_a_mapping_too() -> None:
    columns = ["ID nápadu", "Komentář", "Autor", "Typ"]
    mapping = suggest_mapping(columns)
    assert mapping == {
        "body": "Komentář", "idea_external_id": "ID nápadu", "author": "Autor", "kind": "Typ",
    }  # fmt: skip
    row = only(csv_of([columns, ["7", "A co v zimě?", "Jan", "otázka"]]), mapping).row
    assert isinstance(row, CommentRow)
    assert (row.idea_external_id, row.kind) == ("7", CommentKind.QUESTION)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (None, "The file has: a, b"),
        ({"need": "a"}, "title"),
        ({"title": "c"}, "no column “c”"),
        ({"titel": "a", "title": "b"}, "not a field"),
        ({"body": "a"}, "id of the idea"),
    ],
)
def test_a_mapping_that_does_not_fit_says_why(
    columns: Mapping[str, str] | None, words: str
) -> None:
    with pytest.raises(Unreadable, match=words):
        read("a,b\n1,2\n", columns)


def test_a_mapped_value_of_another_kind_is_taken_as_text_or_refused() -> None:
    mapping = {"title": "t", "need": "n", "tags": "k", "external_id": "i"}
    found = read(
        '{"t": 5, "n": ["a", "b"], "k": ["x", 1], "i": 7}\n{"t": "B", "n": {"a": 1}}', mapping
    )
    [idea] = ideas(found)
    assert (idea.title, idea.need, idea.tags, idea.external_id) == ("5", "a, b", ("x", "1"), "7")
    assert "not text" in str(refused(found)[0].reason)


# --- values ---------------------------------------------------------------------------------


def test_a_long_title_is_cut_at_a_word_and_kept_whole_in_the_need() -> None:
    title = "Benches " * 20
    found = only(own_idea(title=title, need="People stand."))

    assert isinstance(found.row, IdeaRow)
    assert found.row.title == ("Benches " * 17).strip() + "…"
    assert found.row.need == title.strip() + "\n\nPeople stand."
    assert "shortened" in str(found.warnings[0])
    assert shortened("x" * 200, 140) == "x" * 139 + "…"


@pytest.mark.parametrize(
    ("field", "longest"), [("need", 20_000), ("proposal", 100_000), ("title", 140)]
)
def test_limits_are_those_of_the_portal(field: str, longest: int) -> None:
    whole = only(own_idea(**{field: "x" * longest}))
    assert getattr(whole.row, field) == "x" * longest
    found = read(own_idea(**{field: "x" * 100_001}))
    assert f"at most {longest if field != 'title' else 20_000}" in str(refused(found)[0].reason)


def test_a_comment_may_be_as_long_as_in_the_portal() -> None:
    lines = "".join(
        json.dumps({"type": "comment", "idea_external_id": "1", "body": "x" * length}) + "\n"
        for length in (20_000, 20_001)
    )
    found = read(lines)
    assert len(comments(found)) == len(refused(found)) == 1


def test_a_title_alone_is_an_idea() -> None:
    assert only(own_idea()).row == IdeaRow("cocreate", "1", "A bench")


@pytest.mark.parametrize(
    ("said", "name", "email"),
    [
        ("Eva", "Eva", None),
        ("eva@example.org", "eva", "eva@example.org"),
        ("Eva Nová <Eva@Example.org>", "Eva Nová", "eva@example.org"),
        ("Eva (eva@example.org)", "Eva", "eva@example.org"),
        ("call eva@example.org now", "call now", None),
        ("Dave@digital_ark", "Dave@digital_ark", None),
        ("Anonymous", "", None),
        ("", "", None),
        ("x " * 60, "x " * 39 + "x…", None),
        ("a\0b\u202ec\nd", "abc d", None),
    ],
)
def test_an_address_never_becomes_a_name(said: str, name: str, email: str | None) -> None:
    row = only(ideascale(Author=said)).row
    assert (row.author, row.author_email) == (name.strip(), email)


def test_control_characters_go_and_line_ends_become_one_kind() -> None:
    row = only(own_idea(title="Be\0n\x85c\u0302h", need="a\r\nb\rc\u2028d\x07e\ud800f\n")).row
    assert isinstance(row, IdeaRow)
    assert row.title == "Ben ĉh"
    assert row.need == "a\nb\nc\ndef"


def test_what_cannot_be_kept_is_warned_of() -> None:
    found = only(
        own_idea(
            created_at="2090-01-01", stage="burning", support="many", language="?", url="ftp://x"
        )
    )
    assert found.row == IdeaRow("cocreate", "1", "A bench")
    assert len(found.warnings) == 5
    assert all(str(warning) for warning in found.warnings)


DATES = [
    ("30/Sep/20 9:24 PM", (2020, 9, 30, 21, 24)),
    ("04/Jan/21 12:08 AM", (2021, 1, 4, 0, 8)),
    ("2009-05-20 00:00:00", (2009, 5, 20)),
    ("2020-03-02T12:06:20.235Z", (2020, 3, 2, 12, 6, 20, 235000)),
    ("2020-03-02T12:06:20+02:00", (2020, 3, 2, 10, 6, 20)),
    ("20200302", (2020, 3, 2)),
    ("2020/3/2 7:05", (2020, 3, 2, 7, 5)),
    ("5. 6. 2020 14:30", (2020, 6, 5, 14, 30)),
    ("05.06.2020", (2020, 6, 5)),
    ("5. června 2020 v 14.30", (2020, 6, 5, 14, 30)),
    ("5 June 2020", (2020, 6, 5)),
    ("June 5, 2020 3:04 pm", (2020, 6, 5, 15, 4)),
    ("Mon, 30 Sep 2019 21:24:00 GMT", (2019, 9, 30, 21, 24)),
    ("09/30/2020", (2020, 9, 30)),
    ("9/30/20 1:02 AM", (2020, 9, 30, 1, 2)),
    ("30/09/2020", (2020, 9, 30)),
    (1601500000, (2020, 9, 30, 21, 6, 40)),
    ("1601500000000", (2020, 9, 30, 21, 6, 40)),
    (44104.5, (2020, 9, 30, 12)),
]


@pytest.mark.parametrize(("said", "expected"), DATES)
def test_dates_as_they_are_written(said: object, expected: Any) -> None:
    assert read_instant(said, NOW) == (datetime(*expected).replace(tzinfo=UTC), "")  # noqa: DTZ001


def test_an_ambiguous_date_has_its_day_first_and_says_so() -> None:
    moment, warning = read_instant("05/06/2020", NOW)
    assert moment == datetime(2020, 6, 5, tzinfo=UTC)
    assert "day first" in str(warning)


@pytest.mark.parametrize(
    "said",
    ["8 days ago", "yesterday", "10", "May", "31.2.2020", "13:00", "1989-12-31", "99/99/2020",
     "9999-12-31T23:59:59-14:00", "1e400", float("inf"), "30/Sep/20 19:24 PM", 2**80, "½",
     "٣٠.٩.٢٠", NOW + timedelta(days=2)],
)  # fmt: skip
def test_what_is_no_date_is_none_with_a_warning(said: object) -> None:
    moment, warning = read_instant(str(said) if isinstance(said, datetime) else said, NOW)
    assert moment is None or moment.year == 2020
    assert warning or moment


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans())
def test_no_date_is_too_strange(said: object) -> None:
    moment, warning = read_instant(said, NOW)
    assert moment is None or (moment.tzinfo is UTC and moment <= NOW + timedelta(days=1))
    assert isinstance(str(warning), str)


# --- our own format -------------------------------------------------------------------------

texts = st.text(max_size=60).map(tidy)
lines = st.text(max_size=60).map(one_line)
ids = st.text("abc123-", min_size=1, max_size=9)
instants = st.integers(700_000_000_000_000, 1_790_000_000_000_000).map(
    lambda micro: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micro)
)
names = st.text("abcčř =+-@'<>", max_size=20).map(one_line)
own_ideas = st.builds(
    IdeaRow,
    source=st.sampled_from(["cocreate", "ideascale"]),
    external_id=ids,
    title=(lines | st.text("=+-@' x", max_size=9).map(one_line)).filter(bool),
    need=texts | st.sampled_from(["=1+1", "'=1", "-5", "@x", "''+", "<p>as it is</p>", "â€™"]),
    proposal=texts,
    author=names,
    author_email=st.sampled_from([None, "eva@example.org"]),
    area=lines,
    tags=st.lists(st.sampled_from(["a", "b c", "ž;x", "=y"]), unique=True).map(tuple),
    language=st.sampled_from([None, "cs", "en"]),
    created_at=st.none() | instants,
    stage=st.none() | st.sampled_from(Stage),
    support=st.none() | st.integers(0, 10**6),
    against=st.none() | st.integers(0, 10**6),
    url=st.sampled_from([None, "https://example.org/ideas/1"]),
)
own_comments = st.builds(
    CommentRow,
    source=st.just("cocreate"),
    external_id=ids,
    idea_external_id=ids,
    author=names,
    body=texts.filter(bool),
    author_email=st.sampled_from([None, "eva@example.org"]),
    kind=st.none() | st.sampled_from(CommentKind),
    created_at=st.none() | instants,
    parent_external_id=st.none() | ids,
)


@given(st.lists(own_ideas | own_comments, min_size=1, max_size=5))
def test_what_we_write_we_read_back(rows: list[IdeaRow | CommentRow]) -> None:
    as_lines = "".join(json.dumps(own.record(row)) + "\n" for row in rows)
    as_cells = csv_of([own.COLUMNS, *map(own.cells, rows)])

    for found in (read(as_lines), read(as_cells), read(as_cells.encode("utf-8-sig"))):
        assert [one.row for one in found if isinstance(one, Accepted)] == rows
        assert [one.warnings for one in found if isinstance(one, Accepted)] == [()] * len(rows)


def test_a_digest_is_of_everything_but_the_comments_inside() -> None:
    idea = IdeaRow("cocreate", "1", "A bench")
    comment = CommentRow("cocreate", "1", "1", "Eva", "Yes")
    assert digest(idea) == digest(replace(idea, comments=(comment,)))
    assert digest(idea) != digest(replace(idea, support=0))
    assert len({digest(idea), digest(comment)}) == 2


def test_a_type_of_neither_kind_is_refused() -> None:
    found = read(own_idea() + own_idea(type="party"))
    assert "neither" in str(refused(found)[0].reason)


# --- hostile input --------------------------------------------------------------------------

HEADERS = [
    b"",
    b"title,need,created_at\n",
    b"Idea ID,Author,Comment,Date\r\n",
    b"Date/Time;Idea ID;Campaign;Title;Details;Vote Up;Question\n",
    b"type,source,external_id,title,body,tags,created_at,support\nidea,",
    b"\xff\xfet\x00,\x00",
    b'{"title": "',
    b"[",
]
scraps = st.lists(
    st.binary(max_size=12)
    | st.sampled_from(
        [b'"', b"\n", b"\r", b",", b";", b"\0", b'"\n', b"idea", b"<b>", b"\xc3", b"1"]
    ),
    max_size=40,
).map(b"".join)


def everything(content: bytes) -> Iterator[Accepted | Refused]:
    with Table(io.BytesIO(content)) as table:
        columns = None if recognise(table.columns) else suggest_mapping(table.columns)
        yield from read_items(table, now=NOW, columns=columns)


@given(st.sampled_from(HEADERS), scraps)
def test_no_bytes_raise_anything_but_the_one_error(header: bytes, rest: bytes) -> None:
    with suppress(Unreadable):
        for one in everything(header + rest):
            if isinstance(one, Accepted):
                json.dumps(own.record(one.row), ensure_ascii=False).encode()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
open_values = st.fixed_dictionaries(
    {"title": values},
    optional=dict.fromkeys(
        ("id", "body_html", "author", "created", "votes", "tags", "category"), values
    )
    | {
        "comments": values
        | st.lists(
            st.fixed_dictionaries({"body": values}, optional={"id": values, "author": values})
        )
    },
)


@given(st.lists(open_values, min_size=1, max_size=4))
def test_no_json_values_raise_anything(rows: list[dict[str, object]]) -> None:
    marks = {"title": "A", "votes_for": 1, "votes_against": 1, "category": "x", "type": "idea"}
    for first in (marks, {"title": "A", "external_id": 1, "type": "idea"}, {"title": "A"}):
        content = "\n".join(map(json.dumps, [first, *rows])).encode()
        assert len(list(everything(content))) >= len(rows) + 1
