"""Races: each command prints a figure as a ratio against a baseline of the same run."""
