"""The lesson: steps that ask first, the claims of the text that it was made from, and what is measured for both."""
