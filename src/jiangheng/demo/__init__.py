"""The demonstration city: 桂林, with invented people, made by performing the same steps that people perform."""
