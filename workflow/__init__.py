"""Agreements become tasks, units answer, checks settle."""
