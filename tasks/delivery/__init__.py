"""How what was written reaches people: a letter by mail."""
