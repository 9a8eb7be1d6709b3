"""Figures become a report that adds up, is approved, frozen and can be verified."""
