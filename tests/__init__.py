"""Tests from the visitor's side where that can be; each module mirrors one of the package, or a behaviour."""
