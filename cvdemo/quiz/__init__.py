"""Fifteen questions about the visitor's photo and machine, answered by the labs, and six to talk over."""
