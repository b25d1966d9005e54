"""HTML from values: whatever is not markup already is escaped, so no name can break a page."""

from html import escape
from typing import Final, TypeAlias

import msgspec

VOID: Final = frozenset({"link", "meta"})
_IN_SCRIPTS: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
"""What could end a script or begin a comment in it; in JSON it stands in strings alone."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = str | int | float | None


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """An element; a child that is no markup is escaped, None is left out.

    Attributes lose a last underscore and have hyphens for the others; True stands without a value.

    >>> tag("p", "a < b", tag("br_", "x"), class_="note", data_n=3)
    '<p class="note" data-n="3">a &lt; b<br_>x</br_></p>'
    """
    opening = name
    for key, value in attributes.items():
        spelled = key.rstrip("_").replace("_", "-")
        if value is True:
            opening += f" {spelled}"
        elif value is not None and value is not False:
            opening += f' {spelled}="{escape(str(value))}"'
    if name in VOID:
        return Markup(f"<{opening}>")
    return Markup(f"<{opening}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Children one after the other.

    >>> join("&", None, Markup("<hr>"), 2)
    '&amp;<hr>2'
    """
    return Markup(
        "".join(
            child if isinstance(child, Markup) else escape(str(child))
            for child in children
            if child is not None
        )
    )


def raw(name: str, content: str, /, **attributes: str) -> Markup:
    """An element whose content HTML does not read: a style or a script of our own."""
    assert f"</{name}" not in content.lower(), name
    opening = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{opening}>{content}</{name}>")


def data(id_: str, value: object) -> Markup:
    r"""JSON for scripts to read, in which no text can end the element.

    >>> data("d", ["</script>"])
    '<script type="application/json" id="d">["\\u003c/script\\u003e"]</script>'
    """
    text = msgspec.json.encode(value).decode().translate(_IN_SCRIPTS)
    return raw("script", text, type="application/json", id=id_)
