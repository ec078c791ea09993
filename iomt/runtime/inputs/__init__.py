"""Incoming links: live ones keep the newest, durable ones acknowledge after the effect."""
