"""How a reading is told: text, JSON, TSV, and a picture with boxes drawn on it."""
