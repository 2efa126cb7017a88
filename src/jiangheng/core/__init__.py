"""The law and the mathematics.

Pure: no Django, no clock, no file, no socket. Time and randomness are arguments, so every answer can be
given again from the same facts. Data tables shipped with the package are the one thing it reads.
"""
