"""Delivery only: pages, API and portal. No rule lives here; every write is `kernel.perform`."""
