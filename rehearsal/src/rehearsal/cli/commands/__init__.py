"""The commands: each module here has ``register(app)``, which adds its own to the command line."""
