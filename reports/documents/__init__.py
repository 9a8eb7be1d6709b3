"""A report as pages: chapters, annexes and pictures, and the formats they are made in."""
