"""What the user has decided and set: pins, ignore lists, settings, and the tokens of programs."""
