"""What the staff learn from the conversations: counted by week, and no more of anyone's words than is needed."""
