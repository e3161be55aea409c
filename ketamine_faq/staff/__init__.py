"""The staff's page, a server of its own: enquiries, questions and texts, each for the roles that need it."""
