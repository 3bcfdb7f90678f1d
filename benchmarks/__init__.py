"""The project's scoreboard: each row pits our code against a peer in one run, interleaved."""
