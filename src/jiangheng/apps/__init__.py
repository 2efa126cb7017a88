"""The sections of the notice, one room each."""
