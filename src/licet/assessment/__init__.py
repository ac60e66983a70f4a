"""Case, evidence, screening and rulebooks together: the determination and its explanation.

A determination is a function of its inputs, each named by digest. Nothing here reads the clock,
the environment or the network, and nothing here decides: the engine advises, people decide.
"""
