"""A library that no one machine holds: Lance tables in a folder, on S3 or what speaks it."""
