"""What those who run the bot see of it: its health, its figures and its log."""
