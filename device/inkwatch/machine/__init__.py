"""What the machine says of itself and to systemd: identity, memory, heat, notifications."""
