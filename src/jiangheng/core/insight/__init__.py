"""Statistics on people and papers: item analysis, calibration, standard setting and the evidence of a sitting (P2)."""
