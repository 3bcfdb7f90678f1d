"""Checks of the page's sentences: each makes a random result, lets it be told, and computes every claim anew."""
