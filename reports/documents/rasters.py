"""Charts as pictures of dots, for files that cannot hold a drawing.

The same drawing gives the same bytes with the same release and fonts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.documents.document import Chart

#: Dots per inch: sharp on paper, and small enough to be mailed.
_DENSITY: Final = 200
_PAGES: Final = b"""
#set page(width: auto, height: auto, margin: 0pt)
#let drawings = json(bytes(sys.inputs.drawings))
#for (place, drawing) in drawings.enumerate() {
  if place > 0 { pagebreak() }
  image(bytes(drawing), format: "svg")
}
"""


def rastered(charts: Sequence[Chart]) -> list[bytes]:
    """Each chart as PNG, in their order."""
    import typst

    if not charts:
        return []
    made: object = typst.compile(
        _PAGES,
        format="png",
        ppi=_DENSITY,
        sys_inputs={"drawings": json.dumps([chart.svg for chart in charts])},
    )
    # One page is given as it is, several as a list.
    pages = made if isinstance(made, list) else [made]
    return [page for page in pages if isinstance(page, bytes)]
