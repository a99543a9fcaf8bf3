"""Voices: a clip of someone speaking in, a profile that the model can speak with out."""
