"""认定路径: ways to a level without examination: recognition, promotion, appointment, apprentices (K5, K6, R1–R4)."""
