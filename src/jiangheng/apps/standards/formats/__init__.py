"""The catalogue as a spreadsheet, a standard arranged for reading, comparing and printing (clauses K1, K3)."""
