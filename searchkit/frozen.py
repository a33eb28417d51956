"""Frozen dataclasses that cost little to define: for what every start of the program imports.

The standard decorator writes six methods for each class and compiles them, which takes a process that asks one question
a tenth of its time. Here they are written once, for all classes; ``fields``, ``replace``, ``asdict`` and patterns work
as with any dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field
from typing import Any, NoReturn, TypeVar, cast, dataclass_transform

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[Made]) -> type[Made]:
    """Make a class a dataclass whose instances do not change, and are equal where their fields are."""
    made: Any = dataclass(init=False, repr=False, eq=False)(cls)
    for method in (_make_init(made), __repr__, __eq__, __hash__, __setattr__, __delattr__):
        if method.__name__ not in vars(cls):
            setattr(made, method.__name__, method)
    return cast("type[Made]", made)


def _make_init(cls: Any) -> Callable[..., None]:  # noqa: ANN401 - of classes of all kinds
    """The method that takes the values of the fields, by place or by name."""
    names, finish = tuple(cls.__dataclass_fields__), getattr(cls, "__post_init__", None)

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: ANN401
        if named or len(values) != len(names):
            values = tuple(_complete(cls, values, named))
        self.__dict__.update(zip(names, values, strict=True))
        if finish:
            finish(self)

    return __init__


def _complete(cls: Any, values: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:  # noqa: ANN401
    """The value of each field, in their order: as given, or its default. Raises TypeError."""
    fields = cls.__dataclass_fields__
    given = dict(zip(fields, values, strict=False), **named)
    if len(given) < len(values) + len(named) or not given.keys() <= fields.keys():
        raise TypeError(f"{cls.__name__}() takes {', '.join(fields)}, each once")
    return [given[name] if name in given else _find_default(cls, known) for name, known in fields.items()]


def _find_default(cls: Any, known: Any) -> Any:  # noqa: ANN401
    """The value of a field that was not given. Raises TypeError."""
    if known.default is not MISSING:
        return known.default
    if known.default_factory is not MISSING:
        return known.default_factory()
    raise TypeError(f"{cls.__name__}() needs {known.name}")


def __repr__(self: Any) -> str:  # noqa: ANN401
    values = (f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__)
    return f"{type(self).__qualname__}({', '.join(values)})"


def __eq__(self: Any, other: object) -> bool:  # noqa: ANN401
    return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented


def __hash__(self: Any) -> int:  # noqa: ANN401
    return hash(tuple(self.__dict__.values()))


def __setattr__(self: Any, name: str, value: Any) -> NoReturn:  # noqa: ANN401
    raise FrozenInstanceError(f"cannot assign to field '{name}'")


def __delattr__(self: Any, name: str) -> NoReturn:  # noqa: ANN401
    raise FrozenInstanceError(f"cannot delete field '{name}'")
