"""A quick password hash for demonstrations: every password of a demo is printed, so a slow hash protects nothing."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class PrintedPasswordHasher(Argon2PasswordHasher):
    """Argon2 with the least cost; settings use it in demo mode only."""

    algorithm = "argon2_demo"
    time_cost = 1
    memory_cost = 1024
    parallelism = 1
