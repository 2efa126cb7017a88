"""标准: occupational standards, versioned, with their conditions as data (clause K3)."""
