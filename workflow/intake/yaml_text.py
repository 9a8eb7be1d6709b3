"""Plain data as YAML that people like to read.

Knows layout only: short mappings and lists on one line, longer ones below one another.
Refuses to know what any key means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import SingleQuotedScalarString

_WIDTH: Final = 96
#: A mapping or list of plain values stays on its line up to this many characters.
_SHORT: Final = 76
#: Text that needs no quotation marks wherever it stands; words and numbers get them anyway.
_PLAIN: Final = re.compile(r"[^\W_](?:[\w./;=+()%–-]| (?=[\w(–]))*")


def yaml_text(data: Mapping[str, Any], *, spaced: str) -> str:
    """Write plain data as YAML; what is text stays text when it is read again.

    The items of the list under the key ``spaced`` stand apart by an empty line.
    """
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    # A day that stands twice is written twice: the file has no anchors.
    yaml.representer.ignore_aliases = lambda _value: True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump({key: _laid_out(value, is_top=True) for key, value in data.items()}, stream)
    head, key, items = stream.getvalue().partition(f"\n{spaced}:\n")
    return head + key + items.replace("\n  - ", "\n\n  - ")


def _laid_out(value: object, *, is_top: bool = False) -> object:
    match value:
        case StrEnum():
            return str(value)
        case str() if not _PLAIN.fullmatch(value):
            return SingleQuotedScalarString(value)
        case Decimal():
            # A whole number is written as one, and is read back as the same quantity.
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            mapping = CommentedMap({_laid_out(key): _laid_out(each) for key, each in value.items()})
            if not is_top and _is_short(mapping.values(), mapping):
                mapping.fa.set_flow_style()
            return mapping
        case list():
            listed = CommentedSeq([_laid_out(each) for each in value])
            if _is_short(listed, listed) and not (is_top and listed):
                listed.fa.set_flow_style()
            return listed
    return value


def _is_short(values: Iterable[object], whole: CommentedMap | CommentedSeq) -> bool:
    is_flat = all(
        not isinstance(each, CommentedMap | CommentedSeq) or each.fa.flow_style() for each in values
    )
    return is_flat and len(str(whole)) <= _SHORT
