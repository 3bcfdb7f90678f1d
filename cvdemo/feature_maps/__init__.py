"""Feature maps: what each channel of a layer answers over the photo, and what the answer owes to it."""
