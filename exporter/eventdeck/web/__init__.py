"""TLS and passwords in front of the exporter, as `--web.config.file` asks for them.

The file has the form that Prometheus exporters share (exporter-toolkit, web-configuration.md), so
that one file serves all of a host. Nothing here is imported, nor OpenSSL loaded, without it.
"""
