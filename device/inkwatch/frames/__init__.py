"""Where pictures come from: files, folders, standard input, video."""
