"""From a picture to ink, lines, words and glyphs, with OpenCV and NumPy."""
