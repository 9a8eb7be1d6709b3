"""The journal is sealed, so that whoever changes it later is found out.

``seal`` chains what is settled, ``verify`` names each row that was altered, removed or
inserted, ``export`` gives the whole journal away as lines of JSON.
"""

from __future__ import annotations

from workflow.domain.chain import Head
from workflow.sealing.chaining import latest_head, seal
from workflow.sealing.exporting import export, head_line, heads_of
from workflow.sealing.keeping import exported_heads, heads_file
from workflow.sealing.verifying import Verification, verify

__all__ = [
    "Head",
    "Verification",
    "export",
    "exported_heads",
    "head_line",
    "heads_file",
    "heads_of",
    "latest_head",
    "seal",
    "verify",
]
