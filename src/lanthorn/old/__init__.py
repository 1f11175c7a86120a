"""What Keras 1 and 2 called things, and how those who call them so are understood.

Nothing else in the library needs this folder, and nothing in it is loaded before an old name is used. `names.py` and
`arguments.py` are tables from old names to today's; `core/old_names.py` is where they are asked. Each name warns once.
"""
