"""The API for programs under ``/api/v1``: the same use cases as the pages, in JSON."""
