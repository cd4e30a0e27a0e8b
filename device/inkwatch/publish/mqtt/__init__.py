"""Telling over MQTT: topics and payloads, the queue on disk, the connection, Home Assistant."""
