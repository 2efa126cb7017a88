"""The rules of recognition: levels, eligibility, calendar, identity, codes (clauses K1, P3, R1-R6)."""
