"""Tables and their named queries, one module a noun. No rules and no commits."""
