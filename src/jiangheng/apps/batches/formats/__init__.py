"""Files that go out of a batch and come into it: admission tickets, room papers, the roster workbook (clause K10)."""
