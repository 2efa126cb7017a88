"""Pages where the work is special: roster preview, papers, seats, the invigilator's room, the score sheet.

They read with the rooms' queries and write with `kernel.perform`; who may open one is said once, by the Display's Link.
"""
