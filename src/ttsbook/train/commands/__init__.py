"""The training commands. Thin: each reads its arguments and calls one function."""
