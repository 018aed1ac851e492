"""Tell from a page's own style sheets and attributes what a reader sees of it."""
