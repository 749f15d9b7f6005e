"""The makes of TLS that ciao is tried against, each behind the same few methods."""
