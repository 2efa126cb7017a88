"""属地与授权: divisions, accounts, grants (clause W2)."""
