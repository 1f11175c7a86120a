"""What needs code: one module per engine, imported when the first array of that engine is met.

A module defines `TYPES` (its array types), `SEARCH` (where plain names are looked up), `wrap` (what every function
found by name goes through), `convert` (a NumPy array, list or number as an array next to `first`), and a function
for each row whose native one differs in more than its name. A name that Python has already ends in "_".
"""
