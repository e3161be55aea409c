"""The contact form: the page and its endpoint, the store that loses nothing, and the relay that delivers."""
