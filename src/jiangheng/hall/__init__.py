"""The exam hall (clause K13): takes answers while an examination runs, beside Django and without it.

Its promise: **a receipt means on disk**. An answer is acknowledged only after the transaction that holds it has been
committed with fsync. It shares the reducer (``core.exam.sitting``) and the pass (``core.exam.ticket``) with the
offices; the journal is a file of its own, so no other work can hold an answer up. It imports ``core`` and nothing else
of the house.
"""
