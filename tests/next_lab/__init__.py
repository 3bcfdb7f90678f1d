"""The next lab, as small as a lab can be: the recipe of the README, held by `tests/test_next_lab.py`."""
