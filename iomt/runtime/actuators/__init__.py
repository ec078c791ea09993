"""Screens, alarms and webhooks: where a graph acts."""
