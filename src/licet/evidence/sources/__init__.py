"""Readers, one file a source: a publisher's file in, a strict table out. No network, no clock."""
