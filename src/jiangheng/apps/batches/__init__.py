"""批次: plan, announcement, application, review, seating, results, publicity, objections (clauses K10, W2)."""
