"""From comments on a draft to a numbered, frozen, signed report that can be verified."""
