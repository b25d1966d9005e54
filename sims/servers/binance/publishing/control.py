"""What a client may ask on a stream's connection, and the answers to what it may not."""

import json
from enum import StrEnum
from typing import Final

from msgspec import Struct

ID_LENGTH_MAX: Final = 36
ID_MAX: Final = 2**63
UNKNOWN_PROPERTY: Final = 0
WRONG_VALUE: Final = 1
WRONG_REQUEST: Final = 2
WRONG_JSON: Final = 3

Answer = dict[str, object]


class Method(StrEnum):
    """What can be asked."""

    SUBSCRIBE = "SUBSCRIBE"
    UNSUBSCRIBE = "UNSUBSCRIBE"
    LIST_SUBSCRIPTIONS = "LIST_SUBSCRIPTIONS"
    SET_PROPERTY = "SET_PROPERTY"
    GET_PROPERTY = "GET_PROPERTY"


class Command(Struct, frozen=True):
    """A request that can be carried out; of `value` only SET_PROPERTY has one."""

    method: Method
    id: int | str | None
    names: list[str]
    value: bool | None = None


def read(frame: str | bytes) -> Command | Answer:
    """Read one frame; what is no command gets its answer at once."""
    text = frame if isinstance(frame, str) else frame.decode(errors="replace")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        return _error(WRONG_JSON, f"Invalid JSON: expected value at {where}")
    except RecursionError:
        return _error(WRONG_JSON, "Invalid JSON: expected value at line 1 column 1")
    if not isinstance(document, dict) or "method" not in document:
        return wrong(f"missing field `method` at line 1 column {len(text)}")
    method = document["method"]
    if method not in set(Method):
        return wrong(_unknown(method, text))
    if "id" not in document or not _is_id(document["id"]):
        return wrong("request ID must be an unsigned integer")
    return _command(Method(method), document["id"], document.get("params", []))


def wrong(text: str) -> Answer:
    """Answer a request that cannot be understood."""
    return _error(WRONG_REQUEST, f"Invalid request: {text}")


def _command(method: Method, request_id: int | str | None, params: object) -> Command | Answer:
    if not isinstance(params, list):
        return wrong("params must be an array")
    match method:
        case Method.LIST_SUBSCRIPTIONS:
            return wrong("too many parameters") if params else Command(method, request_id, [])
        case Method.SUBSCRIBE | Method.UNSUBSCRIBE:
            if not all(isinstance(name, str) for name in params):
                return wrong("stream names must be strings")
            return Command(method, request_id, params)
        case Method.GET_PROPERTY | Method.SET_PROPERTY:
            return _property(method, request_id, params)


def _property(
    method: Method, request_id: int | str | None, params: list[object]
) -> Command | Answer:
    sets = method is Method.SET_PROPERTY
    if not params or not isinstance(params[0], str):
        return wrong("property name must be a string")
    if len(params) > 1 + sets:
        return wrong("too many parameters")
    if params[0] != "combined":
        return _error(UNKNOWN_PROPERTY, "Unknown property") | {"id": request_id}
    if not sets:
        return Command(method, request_id, [params[0]])
    value = params[1] if len(params) > 1 else None
    if not isinstance(value, bool):
        return _error(WRONG_VALUE, "Invalid value type: expected Boolean")
    return Command(method, request_id, [params[0]], value)


def _unknown(method: object, text: str) -> str:
    known = ", ".join(f"`{each}`" for each in Method)
    word = method if isinstance(method, str) else json.dumps(method)
    # The real parser stands behind the word when it finds that it does not know it.
    end = text.find(word, text.find("method")) + len(word) + 1
    return f"unknown variant `{word}`, expected one of {known} at line 1 column {end}"


def _error(code: int, text: str) -> Answer:
    return {"code": code, "msg": text}


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= ID_LENGTH_MAX
    if isinstance(value, bool):
        return False
    return value is None or (isinstance(value, int) and -ID_MAX <= value < ID_MAX)
