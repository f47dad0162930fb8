"""The steps of the pipeline, one module each: an image and a plan in, an image and one line of what was done out."""
