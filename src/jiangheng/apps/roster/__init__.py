"""队伍: committees of experts and their blind ballots; who decides by panel convenes one (clauses K4, R1–R4, W8)."""
