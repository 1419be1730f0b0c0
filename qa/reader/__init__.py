"""Reading a question against a sentence."""
