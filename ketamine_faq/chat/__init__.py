"""A visitor's message, from HTTP to Rasa and back."""
