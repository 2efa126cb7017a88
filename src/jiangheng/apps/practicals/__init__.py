"""实操: panels and blind score sheets of the practical examination (clause K14)."""
