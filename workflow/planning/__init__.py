"""Creating what is owed, up to a horizon; the same whenever and however often it is run."""

from __future__ import annotations

from workflow.planning.running import Planned, plan_tasks

__all__ = ["Planned", "plan_tasks"]
