"""题库: banks, items, papers (clauses K7-K9)."""
