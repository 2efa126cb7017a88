"""机构: evaluation institutions, their sites, rooms and filings (clauses W6, W7, W9)."""
