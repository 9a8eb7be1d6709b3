"""A part of a report to argue with: one unit, or one obligation."""
