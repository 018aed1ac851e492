"""The embedder, its files and hashes, and the forward pass that it shares with the reader."""
