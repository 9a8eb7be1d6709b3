"""Vietnamese tax codes (MST): their form and check digit.

Knows the rule for the 10 digits of a taxpayer and the 3 of its branches, and
that a person's code is the 12 digits of the identity card. Refuses to know
whether a code was ever given out.
"""

from __future__ import annotations

import re
from typing import Final

_WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_FORM: Final = re.compile(r"(?P<body>[0-9]{9})(?P<check>[0-9])(?:-(?P<branch>[0-9]{3}))?|[0-9]{12}")


def is_tax_code(text: str) -> bool:
    """Whether the text has the form and, where there is one, the check digit of an MST.

    The check digit is 10 less the weighted sum modulo 11; 10 itself is never used.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        return False
    if found["body"] is None:
        return True
    total = sum(w * int(digit) for w, digit in zip(_WEIGHTS, found["body"], strict=True))
    return 10 - total % 11 == int(found["check"]) and found["branch"] != "000"
