"""How the cross-encoder is trained: examples from our questions and from public sets, the loop, and the measuring."""
