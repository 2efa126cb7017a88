"""The practical examination: aspects, panels, the overall result (clause K14)."""
