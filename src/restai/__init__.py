"""RestAI: a real-time system for restaurants."""
