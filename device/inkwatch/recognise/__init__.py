"""Model bundles and the TFLite interpreter: glyph pictures to ranked characters."""
