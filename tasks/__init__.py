"""Jobs: ids in, one use case, the edge commits once."""
