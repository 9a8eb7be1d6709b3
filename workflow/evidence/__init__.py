"""Checks that read one evidence file each and say what they found."""
