"""What single glyphs cannot tell: their place on the line and their neighbours decide."""
