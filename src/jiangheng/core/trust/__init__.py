"""Evidence: canonical bytes, digests, certificate numbers (clauses K10, W5, W10)."""
