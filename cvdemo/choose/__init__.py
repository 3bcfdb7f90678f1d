"""Choose: which network would you ship? Figures that are known decide; what they leave open, the lesson's rules do."""
