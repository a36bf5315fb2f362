"""A forge's REST API: calls, retries, archives."""
