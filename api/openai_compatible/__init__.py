"""What the OpenAI-compatible endpoint adds: requests, answers and errors in OpenAI's shapes."""
