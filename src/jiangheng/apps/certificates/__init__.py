"""证书: issue, delivery, annulment, public verification (clauses W5, W10)."""
