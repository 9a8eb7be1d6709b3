"""Pure rules: frozen values in, decisions out. No I/O, no clock, no database."""
