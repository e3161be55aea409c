"""Starting Rasa, watching it, and what is patched in it."""
