"""The lesson: steps that ask first, use the labs, and take the right answer from what is measured on the photo."""
