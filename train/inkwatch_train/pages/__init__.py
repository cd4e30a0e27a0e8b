"""Pages as a camera would see them, drawn by this project, with the truth about every character."""
