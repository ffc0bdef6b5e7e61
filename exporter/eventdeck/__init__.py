"""Eventdeck: JSON event logs become Prometheus counters, one catalogue of events at a time."""

__version__ = "0.1.0"
