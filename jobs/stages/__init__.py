"""What can be done to an asset when it is processed: each stage in a module of its own, with an outcome of its own."""
