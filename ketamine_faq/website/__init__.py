"""What the server shows of itself in a browser: the widget, and a demonstration page with the widget on it."""
