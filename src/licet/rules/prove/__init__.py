"""Prove things of whole rulebooks with z3: over every case, not over the examples somebody thought of.

Optional: needs the extra ``licet[prove]``. Only this room imports z3, and nothing but the command
line imports this room. It must not decide anything: what it finds goes before people, and each
witness is put to the engine that decides (:mod:`licet.rules.outcomes`) before it is shown.
"""
