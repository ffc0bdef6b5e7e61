"""How bad an event is, and the traceback that an application logs with an error."""

import re
from functools import cache
from logging import ERROR, INFO, WARNING
from typing import Any

_ERROR = re.compile(r"\b(crash|error|exception|fatal|panic)")
_WARNING = re.compile(r"(denied|declined|failed|failure|refused|rejected|timed_out|timeout)\b")
_TRACEBACK = """Traceback (most recent call last):
  File "/app/web/routes.py", line {outer}, in dispatch
    return view(**arguments)
           ^^^^^^^^^^^^^^^^^
  File "/app/web/views.py", line {inner}, in view
    result = service.run(request)
             ^^^^^^^^^^^^^^^^^^^^
{error}: {message}"""


@cache
def level(event: str) -> int:
    """Return the level at which an application logs an event of this name."""
    if _ERROR.search(event):
        return ERROR
    return WARNING if _WARNING.search(event) else INFO


def traceback(properties: dict[str, Any], line: int) -> str:
    """Return a traceback that ends as the event's own properties say, if they do."""
    texts = {name: value for name, value in properties.items() if isinstance(value, str)}
    error = next((text for name, text in texts.items() if name.endswith("type")), "RuntimeError")
    message = next((text for name, text in texts.items() if name.endswith("message")), "failed")
    return _TRACEBACK.format(outer=line, inner=line * 3 + 7, error=error, message=message)
