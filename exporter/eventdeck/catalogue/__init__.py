"""The catalogue: every event of one application, documented once."""
