"""Hindsight: past transfers assessed with only what was public before each, and then counted.

It measures the rules; it judges nobody. Nothing here changes a rule, a threshold or a row.
"""
