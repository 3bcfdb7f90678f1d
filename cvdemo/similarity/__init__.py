"""Similarity: which patches of the photo, or of another one, look to a model like the one that was clicked."""
