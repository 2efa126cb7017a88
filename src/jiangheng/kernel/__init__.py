"""The few mechanisms every room stands on: scope, step, trail, deadline, message, display."""
