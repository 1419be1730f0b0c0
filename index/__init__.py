"""Text in, ranked evidence out."""
