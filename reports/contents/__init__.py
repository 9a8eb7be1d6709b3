"""What was bought and what was published, as it was known at an instant."""
