"""Where pictures come from: files, folders, standard input, video; cameras come here too."""
