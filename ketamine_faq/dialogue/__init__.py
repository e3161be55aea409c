"""Which reply is given, and how it is completed."""
