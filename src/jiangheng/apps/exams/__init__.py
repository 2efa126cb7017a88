"""机考: sessions and sittings of the theory examination (clause K13)."""
