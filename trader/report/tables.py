"""A table in HTML: a caption that is heard, columns of words and of numbers."""

from collections.abc import Container, Iterable, Sequence

from msgspec import Struct

from trader.report.markup import Child, Markup, join, tag


class Cell(Struct, frozen=True):
    """A cell, the class that colours it, and the number to sort it by if its text is none."""

    text: Child
    tone: str | None = None
    number: float | None = None


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Child | Cell]],
    *,
    words: Container[int] = (0,),
    sorts: bool = False,
) -> Markup:
    """A table of numbers but for the columns `words`; a script may let people sort it."""
    head = join(
        *(
            tag("th", text, scope="col", class_=None if at in words else "n")
            for at, text in enumerate(heads)
        )
    )
    body = join(*(tag("tr", *_cells(row, words)) for row in rows))
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", head)),
            tag("tbody", body),
            class_="sorts" if sorts else None,
        ),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def _cells(row: Sequence[Child | Cell], words: Container[int]) -> Iterable[Markup]:
    for at, value in enumerate(row):
        cell = value if isinstance(value, Cell) else Cell(value)
        looks = " ".join(filter(None, (None if at in words else "n", cell.tone)))
        name, scope = ("th", "row") if at == 0 else ("td", None)
        number = None if cell.number is None else repr(cell.number)
        yield tag(name, cell.text, scope=scope, class_=looks or None, data_v=number)
