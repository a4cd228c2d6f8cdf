"""Brings an image into production and back: what the workflows call, and a person can call too."""
