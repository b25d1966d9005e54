"""Tables of outputs: what is appended stays, and any difference in it makes another digest."""

import struct
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.logic.tables import DICTIONARIES, HEAD, INPUTS_MAX, SCHEMAS, Table, Tables
from trader.model.units import INT64_MAX, NONE

INT64 = st.integers(-(2**63), 2**63 - 1)
ROWS = st.lists(st.tuples(INT64, INT64, INT64), max_size=30)
CHUNK_ROWS = 4_096


def table(rows: list[tuple[int, ...]], name: str = "t") -> Table:
    made = Table(name, ("a", "b", "c"))
    for row in rows:
        made.append(*row)
    return made


def digest(made: Table) -> bytes:
    whole = blake2b(digest_size=32)
    made.hash_into(whole)
    return whole.digest()


def written_out(name: str, rows: list[tuple[int, ...]]) -> bytes:
    """The digest as the rules say it: each column's own, then the name, then the number of rows."""
    whole = blake2b(digest_size=32)
    for column in zip(*rows, strict=True) if rows else ((), (), ()):
        cells = b"".join(cell.to_bytes(8, "little", signed=True) for cell in column)
        whole.update(blake2b(cells, digest_size=32).digest())
    whole.update(name.encode() + len(rows).to_bytes(8, "little"))
    return whole.digest()


def packed(rows: list[tuple[int, ...]]) -> bytes:
    return b"".join(struct.pack("<3q", *row) for row in rows)


@given(ROWS)
def test_rows_come_back_as_they_went_in(rows: list[tuple[int, ...]]) -> None:
    made = table(rows)

    assert len(made) == len(rows)
    assert [made.row(index) for index in range(len(rows))] == [
        {"a": a, "b": b, "c": c} for a, b, c in rows
    ]
    assert list(made.column("b")) == [row[1] for row in rows]


@pytest.mark.parametrize("row", [(1, 2, 2**63), (-(2**63) - 1, 2, 3), (1, 2), (1, 2, 3, 4)])
def test_what_leaves_int64_or_has_another_width_is_refused(row: tuple[int, ...]) -> None:
    """Never wrapped, and nothing of the row is kept."""
    made = table([(1, 2, 3)])
    with pytest.raises(struct.error):
        made.append(*row)

    assert list(made.data) == [1, 2, 3]


@pytest.mark.parametrize("cell", [NONE, -1, 0, INT64_MAX])
def test_the_ends_of_int64_are_in_it(cell: int) -> None:
    assert table([(cell, 0, cell)]).row(0) == {"a": cell, "b": 0, "c": cell}


@given(ROWS)
def test_rows_as_they_lie_in_memory_equal_rows_appended(rows: list[tuple[int, ...]]) -> None:
    made = Table("t", ("a", "b", "c"))
    made.extend_bytes(packed(rows))

    assert made.data == table(rows).data
    assert digest(made) == digest(table(rows))


@given(ROWS)
def test_a_digest_is_what_the_rules_say(rows: list[tuple[int, ...]]) -> None:
    assert digest(table(rows)) == written_out("t", rows)


@given(st.lists(st.tuples(st.sampled_from("arh"), INT64), max_size=40))
def test_hashing_as_it_grows_equals_hashing_at_once(deeds: list[tuple[str, int]]) -> None:
    """Rows one by one, rows in bytes, and the hash taken in between."""
    grown = Table("t", ("a", "b", "c"))
    rows: list[tuple[int, ...]] = []
    for deed, cell in deeds:
        match deed:
            case "a":
                grown.append(cell, 1, len(rows))
                rows.append((cell, 1, len(rows)))
            case "r":
                grown.extend_bytes(packed([(cell, 2, 3), (3, 2, cell)]))
                rows += [(cell, 2, 3), (3, 2, cell)]
            case _:
                grown.hash_new(at_least=2)

    assert digest(grown) == written_out("t", rows)
    assert digest(grown) == written_out("t", rows)  # asking changes nothing


@given(ROWS.filter(bool), st.data())
def test_any_other_cell_makes_another_digest(
    rows: list[tuple[int, ...]], data: st.DataObject
) -> None:
    index, at = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 2))
    cell = data.draw(INT64.filter(lambda value: value != rows[index][at]))
    changed = list(rows)
    changed[index] = (*rows[index][:at], cell, *rows[index][at + 1 :])

    assert digest(table(changed)) != digest(table(rows))


def test_any_other_order_of_rows_makes_another_digest() -> None:
    assert digest(table([(1, 2, 3), (4, 5, 6)])) != digest(table([(4, 5, 6), (1, 2, 3)]))
    assert digest(table([(1, 2, 3)])) != digest(table([(2, 1, 3)]))


def test_names_and_missing_rows_make_other_digests() -> None:
    digests = [
        digest(table([])),
        digest(table([], name="u")),
        digest(table([(0, 0, 0)])),
        digest(table([(0, 0, 0), (0, 0, 0)])),
        digest(table([(0, 0, 0)], name="u")),
    ]

    assert len(set(digests)) == len(digests)


# -- all tables of a run --------------------------------------------------------------------------


def a_run() -> Tables:
    """Two rows in every table, two names in every dictionary."""
    made = Tables()
    for count, each in enumerate(made.tables.values()):
        each.append(*range(count, count + each.width))
        each.append(*range(each.width))
    for names in made.names.values():
        assert [names["x"], names["y"]] == [0, 1]
    return made


def test_a_difference_anywhere_makes_another_digest() -> None:
    digests = [a_run().digest()]
    for name, columns in SCHEMAS.items():
        run = a_run()
        run.tables[name].append(*[7] * len(columns))
        digests.append(run.digest())
    for kind in DICTIONARIES:
        run = a_run()
        run.names[kind]["z"]
        digests.append(run.digest())

    assert len(set(digests)) == 1 + len(SCHEMAS) + len(DICTIONARIES)
    assert a_run().digest() == digests[0]


def test_names_are_told_apart_by_the_order_in_which_they_appear() -> None:
    """The same rows with the names the other way round mean something else."""
    one, other = Tables(), Tables()
    for tables, names in ((one, ("buy", "sell")), (other, ("sell", "buy"))):
        for name in names:
            tables.names["reasons"][name]

    assert one.names["reasons"] == {"buy": 0, "sell": 1}
    assert one.digest() != other.digest()


def test_a_name_keeps_its_index() -> None:
    names = Tables().names["orders"]

    assert [names[name] for name in ("b", "a", "b", "c", "a")] == [0, 1, 0, 2, 1]
    assert list(names) == ["b", "a", "c"]


@given(st.lists(st.text(max_size=4), unique=True), st.integers(0, 10))
def test_names_taken_at_once_equal_names_looked_up(names: list[str], known: int) -> None:
    """A gear that knows all of them in advance gives each the index that step would."""
    at_once, one_by_one = Tables().names["trades"], Tables().names["trades"]
    for name in names:
        one_by_one[name]
    for name in names[:known]:
        at_once[name]
    at_once.take(names[known:])

    assert list(at_once.items()) == list(one_by_one.items())
    assert list(at_once.values()) == list(range(len(names)))


def test_streaming_a_long_run_changes_nothing() -> None:
    """It takes what has become a chunk, and leaves the rest for later."""
    streamed, at_once = Tables(), Tables()
    fills = packed_rows("fills", CHUNK_ROWS - 1)
    for part in range(4):
        for tables in (streamed, at_once):
            tables.tables["fills"].extend_bytes(fills)
            tables.tables["equity"].append(*[part] * len(SCHEMAS["equity"]))
        streamed.stream()

    assert len(streamed.tables["fills"]) == 4 * (CHUNK_ROWS - 1)
    assert streamed.digest() == at_once.digest()


def packed_rows(name: str, count: int) -> bytes:
    return struct.pack("<q", 12_345) * (len(SCHEMAS[name]) * count)


def test_a_digest_is_256_bits_in_hex() -> None:
    text = Tables().digest()

    assert len(bytes.fromhex(text)) == 32
    assert text == text.lower()


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_table_starts_with_the_head_and_repeats_no_column(name: str) -> None:
    columns = SCHEMAS[name]

    assert columns[: len(HEAD)] == HEAD == ("seq", "n", "ts", "cause_seq", "cause_n")
    assert len(set(columns)) == len(columns)


def test_the_tables_are_those_that_others_lean_on() -> None:
    """Renaming one moves every digest."""
    assert list(SCHEMAS) == [
        "orders", "statuses", "replacements", "denials", "fills", "adjustments", "decisions",
        "states", "equity",
    ]  # fmt: skip
    assert DICTIONARIES == ("orders", "trades", "strategies", "instruments", "reasons", "codes")
    assert SCHEMAS["decisions"][-INPUTS_MAX:] == ("input_0", "input_1", "input_2", "input_3")
