"""Letters that press a unit for what it owes."""
