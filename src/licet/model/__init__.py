"""The nouns: case, party, item, fact, determination. Frozen values; no input or output."""
