"""The command line, and the one place where worker, relay and scheduler share a process."""
