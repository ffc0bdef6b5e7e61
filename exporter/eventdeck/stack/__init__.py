"""The stack in Docker: the commands from `eventdeck up` to `eventdeck destroy`.

They call the `docker` program instead of its API: Compose has no other door, and the program knows
contexts, rootless engines and remote ones without a further package.
"""
