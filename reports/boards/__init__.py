"""Figures kept for boards, read in a few rows, and proved equal to those of a report."""
