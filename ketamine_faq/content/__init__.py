"""The curated words of content/ in Python's hands: read, checked, and given to Rasa."""
