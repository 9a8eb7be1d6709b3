"""The evidence behind a report in one file that can be verified offline."""
