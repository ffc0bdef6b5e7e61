"""`eventdeck check`: whether a catalogue can be used, and how logs conform to it."""
