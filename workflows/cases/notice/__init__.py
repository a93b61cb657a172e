"""公示: hung with a photo, objected to, taken down with its proof (A1 19)."""
