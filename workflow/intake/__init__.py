"""From files to definitions: the agreement file and the unit sheet."""
