"""What the steps on banks, items and papers require (K7-K9, P2)."""
