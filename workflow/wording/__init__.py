"""The words of every refusal and reason code, an area a module; only the edge prints them."""
