"""How it is written which units are meant.

Knows the conditions of a selector and its short forms: a unit's key, or a list of keys.
Refuses to know any unit.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from workflow.domain.units import Selector
from workflow.intake.form import Code, Form, Kind, Truth


class SelectorForm(Form):
    """Which units are meant: all conditions together, plus ``keys``, minus the exceptions."""

    kinds: list[Kind] = Field(default=[], description="Kinds of unit; any of them.")
    tags: list[Code] = Field(default=[], description="Tags; all of them.")
    under: list[Code] = Field(default=[], description="Keys of units whose subtrees are meant.")
    keys: list[Code] = Field(default=[], description="Keys of units that are meant by name.")
    except_keys: list[Code] = Field(default=[], description="Keys of units that are left out.")
    except_tags: list[Code] = Field(default=[], description="Tags whose bearers are left out.")
    everyone: Truth = Field(default=False, description="Every unit; say so on purpose.")

    @model_validator(mode="after")
    def _means_somebody(self) -> Self:
        if not (self.everyone or self.kinds or self.tags or self.under or self.keys):
            raise PydanticCustomError("selector.means_nobody", "nobody")
        return self

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> object:
        written: dict[str, object] = handler(self)
        keys = self.keys if list(written) == ["keys"] else None
        return (keys[0] if len(keys) == 1 else keys) if keys else written

    def value(self) -> Selector:
        """Give the selector that is written."""
        return Selector(
            kinds=frozenset(self.kinds),
            tags=frozenset(self.tags),
            under=frozenset(self.under),
            keys=frozenset(self.keys),
            except_keys=frozenset(self.except_keys),
            except_tags=frozenset(self.except_tags),
            everyone=self.everyone,
        )

    @classmethod
    def of(cls, selector: Selector) -> Self:
        """Write a selector."""
        return cls.saying(
            kinds=sorted(selector.kinds),
            tags=sorted(selector.tags),
            under=sorted(selector.under),
            keys=sorted(selector.keys),
            except_keys=sorted(selector.except_keys),
            except_tags=sorted(selector.except_tags),
            everyone=selector.everyone,
        )


def _keys_alone(value: object) -> object:
    if isinstance(value, str):
        return {"keys": [value]}
    return {"keys": value} if isinstance(value, list) else value


#: A selector, or merely a unit's key or a list of keys.
Units = Annotated[
    SelectorForm,
    BeforeValidator(_keys_alone, json_schema_input_type=SelectorForm | Code | list[Code]),
]
