"""Other people's question sets to cases and articles, one format a module."""
