"""What the steps on banks, items and papers ask."""
