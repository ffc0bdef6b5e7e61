"""Sample events: what an application with this catalogue might have logged, for demos and tests.

From the outside in: `command` is `eventdeck sample`, `play` writes events as time goes by,
`writer` owns the file, `simulation` decides what happens when, `pace` how time runs, `rota` whose
turn it is, `compose` and `value` what an event carries, `story` which events belong together.
Stories are data (`stories.yaml`): the code knows no event by name.
"""
