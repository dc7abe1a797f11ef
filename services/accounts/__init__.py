"""People's accounts: signing in, sessions, registration, recovery, a second factor."""
