"""The staff's page: who is let in, and what they see and do."""
