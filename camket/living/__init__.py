"""Living through the shipped example: offices that act, papers that are read, reports at the end.

Nothing here is part of the engine: whoever reads it sees how the use cases are called.
"""
