"""Who plays: guests with their phones, waiters, cooks and cashiers. Each sees what a screen shows and
does what the API offers; what is refused came too late, as it does in a restaurant."""
