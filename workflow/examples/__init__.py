"""Worked examples that ship with the product: agreements, and papers like those of offices."""
