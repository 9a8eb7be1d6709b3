"""Sentences composed by rules from the figures, and what people make of them."""
