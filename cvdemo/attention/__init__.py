"""Attention: where each head of each layer looks, from the clicked patch or from the class token.

`tap` reads the queries and keys of a run, `layer` turns them into rows of attention, `rollout` follows attention
through all layers, `relevance` weighs it by a class's gradient, `study` runs a model and keeps what it found.
"""
