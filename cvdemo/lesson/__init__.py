"""The lesson: what the text behind this app claims, held against what is measured here."""
