"""Pages for administrators, units and leaders, and the API, over the same use cases."""
