"""The theory examination: items, papers, sittings (clauses K7-K9, K13)."""
