"""Issued reports sent to whom they concern, with a receipt."""
