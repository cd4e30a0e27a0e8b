"""Ways in which one glyph becomes many: each models something that hands, pens or cameras do."""
