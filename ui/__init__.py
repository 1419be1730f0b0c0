"""An answer on a screen."""
