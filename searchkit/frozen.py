"""Frozen dataclasses with slots that are quick to define.

``dataclasses`` compiles six methods for each class when it is defined, and imports ``inspect`` with all that it needs;
for the forty classes behind a query that takes longer than the query. ``dataclass`` here makes classes that behave
alike (PEP 557 with ``frozen=True, slots=True``; PEP 681 tells type checkers): equality, hash, repr, pickling and
``match`` are shared functions, and ``__init__`` is compiled when a class is first called. ``dataclasses.fields``,
``asdict`` and ``replace`` take the instances, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
_ABSENT = object()  # stands in a signature for what a factory makes


class _Factory:
    """A default that is made anew for each instance."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


class _FromTwin:
    """An attribute of a class that is found, when it is asked for, in its twin of the standard library."""

    __slots__ = ("find",)

    def __init__(self, find: Callable[[Any], Any]) -> None:
        self.find = find

    def __get__(self, instance: object, owner: type) -> Any:  # noqa: ANN401 - whatever is found
        return self.find(_make_twin(owner))


def field(*, default_factory: Callable[[], Any]) -> Any:  # noqa: ANN401 - as typed as the field
    """A default that is made anew for each instance."""
    return _Factory(default_factory)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def dataclass(*, frozen: bool, slots: bool) -> Callable[[type[T]], type[T]]:
    """A decorator that makes a frozen class with slots of annotated names; no base class may have fields.

    Raises TypeError for any other kind of class: ``dataclasses`` makes those.
    """
    if not (frozen and slots):
        raise TypeError("only frozen classes with slots are made here")
    return _make_class


def replace(value: T, /, **changes: Any) -> T:  # noqa: ANN401 - as typed as the fields
    """The value with some fields changed. Raises TypeError for a field that it does not have."""
    kept = {name: getattr(value, name) for name in type(value).__slots__ if name not in changes}  # type: ignore[attr-defined]
    return type(value)(**kept, **changes)


def _make_class(plain: type[T]) -> type[T]:
    """The class with slots and with what its methods have in common; those that it has itself are kept."""
    names = tuple(vars(plain).get("__annotations__", ()))
    defaults = {name: vars(plain)[name] for name in names if name in vars(plain)}
    own = {name: value for name, value in vars(plain).items() if name not in (*names, "__dict__", "__weakref__")}
    read = attrgetter(*names) if names else _read_nothing

    def equals(self: object, other: object) -> Any:  # noqa: ANN401 - NotImplemented
        return read(self) == read(other) if other.__class__ is self.__class__ else NotImplemented

    def digest(self: object) -> int:
        return hash((plain.__name__, read(self)))

    def initialise(self: object, *args: Any, **named: Any) -> None:  # noqa: ANN401
        compiled = _compile_init(made, names, defaults)
        type.__setattr__(made, "__init__", compiled)
        compiled(self, *args, **named)

    made: Any = type(plain.__name__, plain.__bases__, {
        "__slots__": names, "__match_args__": names, "__frozen_defaults__": defaults,
        "__dataclass_fields__": _FromTwin(_find_fields), "__signature__": _FromTwin(_find_signature),
        "__init__": initialise, "__eq__": equals, "__hash__": digest,
        "__repr__": _represent, "__setattr__": _refuse, "__delattr__": _refuse, "__getstate__": _get_state,
        "__setstate__": _set_state, **own, "__qualname__": plain.__qualname__})
    found: type[T] = made
    return found


def _compile_init(made: type, names: tuple[str, ...], defaults: Mapping[str, Any]) -> Callable[..., None]:
    """``__init__`` with the fields as parameters, in their order."""
    space: dict[str, Any] = {"_absent": _ABSENT}
    parameters, lines = ["self"], []
    for name in names:
        space[f"_set_{name}"] = getattr(made, name).__set__
        value, default = name, defaults.get(name, _ABSENT)
        if isinstance(default, _Factory):
            space[f"_make_{name}"] = default.make
            value = f"_make_{name}() if {name} is _absent else {name}"
        elif default is not _ABSENT:
            space[f"_default_{name}"] = default
        given = f"={'_absent' if isinstance(default, _Factory) else f'_default_{name}'}" if name in defaults else ""
        parameters.append(name + given)
        lines.append(f" _set_{name}(self, {value})")
    exec(f"def __init__({', '.join(parameters)}):\n" + ("\n".join(lines) or " pass"), space)
    initialise: Callable[..., None] = space["__init__"]
    return initialise


@cache
def _make_twin(owner: Any) -> type:  # noqa: ANN401 - one of our classes
    """The class as ``dataclasses`` makes it."""
    from dataclasses import field as write
    from dataclasses import make_dataclass

    defaults = {name: write(default_factory=default.make) if isinstance(default, _Factory) else default
                for name, default in owner.__frozen_defaults__.items()}
    return make_dataclass(owner.__name__, [
        (name, owner.__annotations__[name], defaults[name]) if name in defaults else (name, owner.__annotations__[name])
        for name in owner.__slots__], frozen=True)


def _find_fields(twin: Any) -> Any:  # noqa: ANN401 - a mapping of the library's own
    return twin.__dataclass_fields__


def _find_signature(twin: type) -> Any:  # noqa: ANN401 - the library's own
    from inspect import signature

    return signature(twin)


def _read_nothing(value: object) -> tuple[()]:
    return ()


def _represent(self: Any) -> str:  # noqa: ANN401
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


def _refuse(self: object, name: str, *_: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"'{name}' of a {type(self).__name__} cannot be changed: make another with replace()")


def _get_state(self: Any) -> list[Any]:  # noqa: ANN401
    return [getattr(self, name) for name in self.__slots__]


def _set_state(self: Any, state: list[Any]) -> None:  # noqa: ANN401
    for name, value in zip(self.__slots__, state, strict=True):
        object.__setattr__(self, name, value)
