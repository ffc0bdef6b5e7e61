"""Small catalogues to break, and what their fixtures give."""

from collections.abc import Callable

from eventdeck.catalogue.model import Catalogue

Problems = Callable[[str], list[str]]
Load = Callable[[str], Catalogue]

HEAD = """\
catalogue: 1
application: Shop
namespace: shop
since: 2025-10-20
"""
SHOP = (
    HEAD
    + """\
lists:
  methods: [card, cash]
common:
  user_id: { type: id, description: Who did it }
  wait_seconds: { type: number, unit: seconds, description: Time waited, buckets: [1, 5] }
events:
  order.paid:
    description: Order is paid
    triggered: When the money arrives
    properties:
      user_id: Who paid
      wait_seconds: { nullable: true, buckets: [1, 60] }
      method: { type: string, description: How, label: true, values: methods }
      late: { type: boolean, description: Whether late, label: true }
"""
)


def order(properties: str) -> str:
    """Document one event with these properties; the first stands in line 10."""
    return (
        HEAD
        + "events:\n  order.paid:\n    description: Paid\n    triggered: Now\n    properties:\n"
        + f"      {properties}\n"
    )
