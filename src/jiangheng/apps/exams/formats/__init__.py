"""Written answers as tables: their form, the workbook to fill and its reading (K13)."""
