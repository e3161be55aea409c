"""Actions that need the action server. Answers need none of them."""
