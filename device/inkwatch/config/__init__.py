"""How the daemon is to run: one TOML file, typed; example and reference are made of the types."""
