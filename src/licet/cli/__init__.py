"""The command line: one file a verb. Parse, call one function, render.

Only this room reads the clock, the environment and the terminal. No policy stands in a command.
"""
