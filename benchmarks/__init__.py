"""Measurements that are repeated by hand: ``make bench``. Never part of a timed test."""
